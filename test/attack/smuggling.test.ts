import t from 'tap'
import { openRaw } from '../helpers/raw.ts'
import { startAll } from '../helpers/service.ts'
import { host, one, post, refused, smuggled } from './smuggled.ts'

// These headers concern the connection, or the service sets them itself.
const connection =
  'Authorization, Host, Content-Length, X-Forwarded-For, X-Forwarded-Proto, X-Request-Id, Cookie'

t.test('requests that hide another', async t => {
  const all = await startAll(t)
  const others: string[] = []

  /** @returns the status of the first response, and the requests that reached Kinto */
  async function attack(bytes: string): Promise<{ status: number | undefined; reached: string[] }> {
    all.kinto.requests.splice(0)
    const client = await openRaw(t, all.url)
    client.write(Buffer.from(bytes, 'latin1'))
    const { status } = await client.next({ bodyless: bytes.startsWith('HEAD') })
    client.socket.destroy()
    const other = await openRaw(t, all.url)
    other.write(`GET /v1/other HTTP/1.1\r\n${host}\r\n`)
    others.push((await other.next()).body.toString())
    other.socket.destroy()
    return {
      status,
      reached: all.kinto.requests
        .map(({ method, url, body }) => `${method} ${url} ${body.toString('latin1')}`)
        .filter(text => text !== 'GET /v1/other ')
    }
  }

  for (const [title, bytes, status = 400] of refused) {
    t.test(`refused: ${title}`, async t => {
      t.strictSame(await attack(bytes), { status, reached: [] })
    })
  }

  for (const [title, bytes, method, url, body] of one) {
    t.test(`one request: ${title}`, async t => {
      t.match(await attack(bytes), { status: 404, reached: [`${method} ${url} ${body}`] })
    })
  }

  t.test('nobody gets a tunnel', async t => {
    all.kinto.requests.splice(0)
    const client = await openRaw(t, all.url)
    client.write(`CONNECT evil.example:443 HTTP/1.1\r\n${host}\r\n${smuggled}`)
    t.equal(await client.ended(), '')
    t.strictSame(all.kinto.requests, [])
  })

  t.test('Connection takes nothing away that is not its own', async t => {
    all.kinto.requests.splice(0)
    const client = await openRaw(t, all.url)
    client.write(
      `${post}Authorization: Basic x\r\nX-Request-Id: mine\r\nX-Forwarded-For: 6.6.6.6\r\n` +
        `Cookie: a\r\nConnection: ${connection}\r\nContent-Length: 5\r\n\r\nabcde`
    )
    await client.next()
    const [request] = all.kinto.requests
    const rawHeaders = request?.rawHeaders ?? []
    const sent = rawHeaders.flatMap((text, index) =>
      index % 2 === 0 ? [`${text.toLowerCase()}: ${rawHeaders[index + 1]}`] : []
    )
    t.equal(String(request?.body), 'abcde')
    t.ok(
      sent.includes('host: kinto.example') &&
        sent.includes('x-forwarded-for: 127.0.0.1') &&
        sent.includes('x-forwarded-proto: http')
    )
    t.notMatch(sent.join('\n'), /6\.6\.6\.6|basic x|cookie/i)
  })

  t.test('whoever comes next gets an answer of their own', async t => {
    t.equal(others.length, refused.length + one.length)
    t.equal(new Set(others).size, 1)
  })
})
