import { once } from 'node:events'
import { validateHeaderValue } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { connect } from 'node:tls'
import t from 'tap'
import { createLog, reasonOf } from '../src/log.ts'
import { KintoRefusal } from '../src/kinto/client.ts'
import { StepFunctionsError } from '../src/stepfunctions/errors.ts'

async function caught(work: () => unknown): Promise<unknown> {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

function logged(err: unknown): Record<string, any> {
  const lines: string[] = []
  createLog('trace', {
    write: line => {
      lines.push(line)
    }
  }).info({ err }, 'said')
  return JSON.parse(lines.join(''))['err']
}

t.test('an error says its type, its code and its message, and so does its cause', async t => {
  const cause = Object.assign(new Error('no route'), { code: 'EHOSTUNREACH', syscall: 'connect' })
  t.strictSame(
    logged(new StepFunctionsError('unsent', 'TimeoutError', 'no connection', { cause })),
    {
      type: 'StepFunctionsError',
      message: 'no connection',
      code: 'TimeoutError',
      cause: { type: 'Error', message: 'no route', code: 'EHOSTUNREACH' }
    }
  )
  t.strictSame(logged(Object.assign(new Error('x'), { code: 7, status: 503 })), {
    type: 'Error',
    message: 'x',
    code: 7,
    status: 503
  })
  t.strictSame(logged('a text'), { type: 'string', message: 'a text' })
})

const token = 'AQB+/'.repeat(200)

t.test('nothing that it carries', async t => {
  const answer = {
    status: 412,
    headers: ['X', token],
    body: Buffer.from(JSON.stringify({ details: { existing: { taskToken: token } } }))
  }
  t.strictSame(logged(new KintoRefusal(answer)), {
    type: 'KintoRefusal',
    message: 'Kinto answered 412.'
  })
  t.strictSame(
    logged(
      Object.assign(new Error('failed'), { $response: { headers: { authorization: 'secret' } } })
    ),
    { type: 'Error', message: 'failed' }
  )
  t.strictSame(
    logged(new Error(`Invalid Token: '${token}'`)),
    { type: 'Error', message: "Invalid Token: '…'" },
    'AWS quotes tokens'
  )
})

t.test('what could not be parsed is not quoted', async t => {
  for (const text of ['<html>CANARY', '{"a":CANARY}', `{"a":CANARY${' '.repeat(99)}}`, '"CANARY']) {
    const err = await caught(() => JSON.parse(text))
    const { message, stack } = logged(new Error('no JSON', { cause: err }))['cause']
    t.match(message, /JSON/)
    t.notMatch(message, /CANARY/)
    t.equal(stack, undefined, 'it is nobody here who made the mistake')
  }
  // The SDK adds where a programmer finds the response.
  const ofTheSdk = new SyntaxError(
    'Unexpected token \'<\', "<html>CANA"... is not valid JSON\n' +
      '  Deserialization error: to see the raw response, inspect the hidden field ' +
      '{error}.$response on this object.'
  )
  t.strictSame(logged(Object.assign(ofTheSdk, { $metadata: { httpStatusCode: 502 } })), {
    type: 'SyntaxError',
    message: 'It is not valid JSON.',
    status: 502
  })
})

t.test('an error that passes the message of its cause on is told once', async t => {
  const cause = Object.assign(new Error('not authorized'), {
    name: 'AccessDeniedException',
    $metadata: { httpStatusCode: 400 }
  })
  t.strictSame(
    logged(new StepFunctionsError('refused', 'AccessDeniedException', 'not authorized', { cause })),
    {
      type: 'StepFunctionsError',
      message: 'not authorized',
      status: 400,
      code: 'AccessDeniedException'
    }
  )
})

t.test('where a connection was tried on several addresses, each one is told', async t => {
  const tries = ['connect ECONNREFUSED ::1:1', 'connect ECONNREFUSED 127.0.0.1:1']
  const err = new AggregateError(tries.map(text => new Error(text)))
  t.equal(logged(err)['message'], tries.join('; '))
  t.equal(
    reasonOf(new Error('There is no connection to Kinto.', { cause: err })),
    `There is no connection to Kinto. ${tries.join('; ')}`
  )
  t.equal(logged(new AggregateError([], 'all failed'))['message'], 'all failed')
})

t.test('of an error of OpenSSL the reason', async t => {
  const server = createServer(socket => {
    socket.on('error', () => {}).end('This is not TLS.')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const [err] = await once(connect({ host: '127.0.0.1', port }), 'error')
  t.strictSame(logged(err), {
    type: 'Error',
    message: 'TLS: wrong version number.',
    code: 'ERR_SSL_WRONG_VERSION_NUMBER'
  })
})

t.test('a code that means nothing is left out', async t => {
  const { reason } = AbortSignal.abort()
  t.strictSame(logged(reason), { type: 'AbortError', message: 'This operation was aborted' })
})

t.test('what Node says of a value from outside is no fault of this program', async t => {
  const err = await caught(() => {
    validateHeaderValue('X', 'a\n')
  })
  t.match(logged(err), { type: 'TypeError', code: 'ERR_INVALID_CHAR', stack: undefined })
})

t.test('a fault of this program shows where it happened, and says no more than others', async t => {
  const { type, message, stack } = logged(new TypeError(`Invalid: '${token}'`))
  t.strictSame({ type, message }, { type: 'TypeError', message: "Invalid: '…'" })
  t.match(stack, /^ {4}at .*log\.test\.ts/)
  t.notMatch(stack, token)
})

t.test('without a destination it is standard output', async t => {
  t.equal(createLog('silent').level, 'silent')
})

t.test('nothing that is quoted from a response, or from a request', async t => {
  let unreadable: unknown
  try {
    JSON.parse('{"data": {"taskToken": CANARY-token}}')
  } catch (error) {
    unreadable = error
  }
  t.strictSame(logged(unreadable), { type: 'SyntaxError', message: 'It is not valid JSON.' })
  const refused = "1 validation error detected: Value 'CANARY' at 'output' failed"
  t.match(logged(new StepFunctionsError('input refused', 'ValidationException', refused)), {
    message: "1 validation error detected: Value '…' at 'output' failed"
  })
})
