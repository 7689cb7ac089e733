import t from 'tap'
import { errors } from 'undici'
import { clientLeft, failure } from '../../../src/gateway/http/failures.ts'
import { NotConnectedError } from '../../../src/kinto/upstream.ts'

const causes = {
  silent: new errors.HeadersTimeoutError(),
  cut: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
  wrapped: new Error('Gateway Timeout', { cause: new errors.BodyTimeoutError() }),
  unknown: 'not even an error'
}

for (const [name, cause] of Object.entries(causes)) {
  t.test(`Kinto is ${name}`, async t => {
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'TRACE']) {
      t.match(failure(cause, method), {
        problem: {
          status: 503,
          errno: 201,
          error: 'Service Unavailable',
          message: 'Kinto did not answer. Try again in a moment.'
        },
        headers: ['Retry-After', '3'],
        cause
      })
    }
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND']) {
      const { problem, headers } = failure(cause, method)
      t.match(problem, {
        status: 503,
        errno: 201,
        message: 'Kinto did not answer: whether it carried the request out is not known.'
      })
      t.strictSame(headers, [], 'nobody is told to repeat it')
    }
    t.notOk(clientLeft(cause))
  })
}

t.test('nothing was sent, so anything may be repeated', async t => {
  const cause = new Error('There is no connection', {
    cause: new NotConnectedError('x', { cause: new Error('connect ECONNREFUSED 127.0.0.1:1') })
  })
  for (const method of ['GET', 'POST']) {
    const { problem, headers } = failure(cause, method)
    t.match(problem, {
      status: 503,
      errno: 201,
      message: 'Kinto cannot be reached. Try again in a moment.'
    })
    t.strictSame(headers, ['Retry-After', '3'])
  }
})

t.test('the client left', async t => {
  t.ok(
    clientLeft(
      failure(
        new Error('Connection Reset', {
          cause: Object.assign(new Error('aborted'), { code: 'ECONNRESET' })
        }),
        'PUT'
      )
    )
  )
  t.ok(clientLeft(new errors.RequestAbortedError()))
})
