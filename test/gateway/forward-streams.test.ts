import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { startGateway } from '../helpers/gateway.ts'

const MiB = 2 ** 20
const size = 64 * MiB
// More than the kernel's buffers on both sides of the service, where 7 to 9 MiB were seen. They
// grow as the kernel sees fit.
const mostTaken = size / 4
const block = Buffer.from(Array.from({ length: 65_536 }, (_value, index) => (index * 7) % 251))
const expected = createHash('sha256')
for (let at = 0; at < size; at += block.length) expected.update(block)
const digest = expected.digest('hex')

/** A peer that accepts connections and leaves the rest to the test. */
async function listenSilently(t: Test): Promise<{ url: string; accepted: Promise<Socket> }> {
  const { promise: accepted, resolve } = Promise.withResolvers<Socket>()
  const server = createServer({ pauseOnConnect: true }, socket => {
    socket.on('error', () => {})
    t.teardown(() => socket.destroy())
    resolve(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, accepted }
}

async function writeAll(socket: Socket): Promise<void> {
  for (let at = 0; at < size; at += block.length)
    if (!socket.write(block)) await once(socket, 'drain')
}

/** The bytes that the other side and the system in between have taken when they take no more. */
async function takenUntilStalled(socket: Socket): Promise<number> {
  for (let before = -1, quiet = 0; ;) {
    const taken = socket.bytesWritten - socket.writableLength
    quiet = taken === before ? quiet + 1 : 0
    if (quiet === 10) return taken
    before = taken
    await new Promise(resolve => {
      setTimeout(resolve, 50)
    })
  }
}

/** The digest of the 64 MiB after the head of a message. */
async function readAll(socket: Socket): Promise<string> {
  const hash = createHash('sha256')
  let head = ''
  let read = 0
  for await (const chunk of socket) {
    let body: Buffer = chunk
    if (!head.includes('\r\n\r\n')) {
      const before = head.length
      head += chunk.toString('latin1')
      const end = head.indexOf('\r\n\r\n')
      body = end < 0 ? Buffer.alloc(0) : chunk.subarray(end + 4 - before)
    }
    hash.update(body)
    read += body.length
    if (read >= size) break
  }
  return hash.digest('hex')
}

/**
 * The least of three counts. The system's buffers grow with the load of the machine, but not what
 * the service holds.
 */
async function least(measure: () => Promise<number>): Promise<number> {
  const taken: number[] = []
  while (taken.length < 3 && !taken.some(bytes => bytes <= mostTaken)) taken.push(await measure())
  return Math.min(...taken)
}

t.test('a download of 64 MiB waits for the client', async t => {
  const taken = await least(async () => {
    const kinto = await listenSilently(t)
    const { url } = await startGateway(t, { kinto: kinto.url })
    const client = connect(Number(new URL(url).port), '127.0.0.1').pause()
    t.teardown(() => client.destroy())
    client.write('GET /v1/ HTTP/1.1\r\nHost: kinto.example\r\n\r\n')
    const upstream = await kinto.accepted
    upstream.resume()
    upstream.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`)
    const written = writeAll(upstream)
    const taken = await takenUntilStalled(upstream)
    t.equal(await readAll(client), digest)
    await written
    return taken
  })
  t.ok(taken <= mostTaken, `Kinto stalls after ${taken} bytes`)
})

t.test('an upload of 64 MiB waits for Kinto', async t => {
  const taken = await least(async () => {
    const kinto = await listenSilently(t)
    const { url } = await startGateway(t, { kinto: kinto.url })
    const client = connect(Number(new URL(url).port), '127.0.0.1')
    t.teardown(() => client.destroy())
    client.write(
      'POST /v1/ HTTP/1.1\r\nHost: kinto.example\r\n' +
        `Content-Type: multipart/form-data; boundary=x\r\nContent-Length: ${size}\r\n\r\n`
    )
    const written = writeAll(client)
    const upstream = await kinto.accepted
    const taken = await takenUntilStalled(client)
    t.equal(await readAll(upstream), digest)
    await written
    return taken
  })
  t.ok(taken <= mostTaken, `the client stalls after ${taken} bytes`)
})
