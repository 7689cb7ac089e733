import { NoConnectionLeft } from '../../../src/kinto/bounded.ts'
import { KintoUnreachable } from '../../../src/kinto/client.ts'
import { unavailable } from '../../../src/kinto/errors.ts'
import { createLog } from '../../../src/log.ts'
import { pino } from 'pino'
import t from 'tap'
import { errorReply, kintoReply, type Reply } from '../../../src/gateway/http/reply.ts'

/** The reply to an error, and the line of the log. */
function replyTo(error: unknown): { reply: Reply; line: Record<string, unknown> } {
  const lines: string[] = []
  const write = (line: string): void => {
    lines.push(line)
  }
  const reply = errorReply(error, ['Backoff', '3'], createLog('info', { write }))
  return { reply, line: JSON.parse(lines.join('')) }
}

t.test('a fault of this program is a 500 that says nothing of it, and is in the log', async t => {
  const { reply, line } = replyTo(new TypeError('x is not a function'))
  t.match(reply, { status: 500, headers: ['Backoff', '3', 'Content-Type', 'application/json'] })
  t.match(JSON.parse(String(reply.body)), {
    code: 500,
    errno: 999,
    error: 'Internal Server Error',
    message: 'A programmatic error occurred, developers have been informed.'
  })
  t.match(line, { level: 50, err: { message: 'x is not a function', stack: /reply\.test/ } })
})

t.test('of a refusal the line says what was said, and the cause beside it, once each', async t => {
  const { time: _time, ...line } = replyTo(
    unavailable('Kinto did not answer.', { cause: new Error('read ECONNRESET') })
  ).line
  t.strictSame(line, {
    level: 50,
    status: 503,
    err: { type: 'Error', message: 'read ECONNRESET' },
    msg: 'Kinto did not answer.'
  })
  t.notOk('err' in replyTo(unavailable('The service is stopping.')).line)
})

t.test("Kinto's own answer comes as it was, but for its framing", async t => {
  const body = Buffer.from('{"code":401}')
  t.same(
    kintoReply({
      status: 401,
      headers: [
        'WWW-Authenticate',
        'a',
        'WWW-Authenticate',
        'b',
        'Connection',
        'close',
        'Content-Length',
        '12'
      ],
      body
    }),
    { status: 401, headers: ['WWW-Authenticate', 'a', 'WWW-Authenticate', 'b'], body }
  )
})

t.test('Kinto that has no connection left is too busy, not away', async t => {
  const busy = new NoConnectionLeft('All 16 connections to Kinto are in use.')
  const error = new KintoUnreachable('Kinto could not be reached.', { cause: busy })
  const { status, headers, body } = errorReply(error, [], pino({ level: 'silent' }))
  t.equal(status, 503)
  t.match(headers, ['Retry-After', '3'])
  t.match(JSON.parse(String(body)), { message: 'Kinto is too busy. Try again in a moment.' })
})
