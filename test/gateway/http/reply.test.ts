import { NoConnectionLeft } from '../../../src/kinto/bounded.ts'
import { KintoUnreachable } from '../../../src/kinto/client.ts'
import { pino } from 'pino'
import t from 'tap'
import { errorReply, kintoReply } from '../../../src/gateway/http/reply.ts'

t.test('a fault of this program is a 500 that says nothing of it, and is in the log', async t => {
  const lines: string[] = []
  const reply = errorReply(
    new TypeError('x is not a function'),
    ['Backoff', '3'],
    pino(
      {},
      {
        write: (line: string) => {
          lines.push(line)
        }
      }
    )
  )
  t.match(reply, { status: 500, headers: ['Backoff', '3', 'Content-Type', 'application/json'] })
  t.match(JSON.parse(String(reply.body)), {
    code: 500,
    errno: 999,
    error: 'Internal Server Error',
    message: 'A programmatic error occurred, developers have been informed.'
  })
  t.match(JSON.parse(lines[0] ?? ''), { level: 50, err: { message: 'x is not a function' } })
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
