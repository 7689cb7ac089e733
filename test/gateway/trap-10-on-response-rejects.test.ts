import t from 'tap'
import { startGateway } from '../helpers/gateway.ts'
import { listenRaw, openRaw, sendRaw } from '../helpers/raw.ts'

// If an onResponse of reply-from rejects, the process ends. That of `forward` reads no response, so
// it misreads none.

function get(path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: kinto.example\r\nConnection: close\r\n\r\n`
}

t.test('answers that nobody can make sense of pass, and the process lives', async t => {
  const rejections: unknown[] = []
  const note = (reason: unknown): void => {
    rejections.push(reason)
  }
  process.on('unhandledRejection', note)
  t.teardown(() => process.off('unhandledRejection', note))
  const kinto = await listenRaw(t, connection => {
    connection.onRequest(head => {
      const cut = head.startsWith('GET /v1/cut')
      connection.socket.write(
        'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n' +
          `Content-Length: ${cut ? 100 : 9}\r\n\r\n{"broken"`
      )
      if (cut) connection.socket.end()
    })
  })
  const { url } = await startGateway(t, { kinto: kinto.url })
  t.equal((await sendRaw(t, url, get('/v1/'))).body.toString(), '{"broken"')
  const client = await openRaw(t, url)
  client.write(get('/v1/cut'))
  await client.ended()
  t.equal((await sendRaw(t, url, get('/v1/'))).body.toString(), '{"broken"')
  t.strictSame(rejections, [])
})
