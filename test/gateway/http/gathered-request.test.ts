import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { GatheredRequest } from '../../../src/gateway/http/gathered-request.ts'
import { openRaw, type RawConnection } from '../../helpers/raw.ts'

const head = 'PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n'
const end = '0\r\n\r\n'
const chunks = (sizes: number[]): string =>
  sizes.map((size, at) => `${size.toString(16)}\r\n${String(at % 10).repeat(size)}\r\n`).join('')

interface Started {
  client: RawConnection
  request: Promise<GatheredRequest>
  response: Promise<ServerResponse>
}

/** A server, and the first request that it gets on a connection. */
async function start(t: Test): Promise<Started> {
  const server = createServer({ IncomingMessage: GatheredRequest })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  const begun = once(server, 'request')
  const request = begun.then(([request]) => request)
  const response = begun.then(([, response]) => response)
  const { port } = server.address() as AddressInfo
  return { client: await openRaw(t, `http://127.0.0.1:${port}`), request, response }
}

const bodies: readonly { title: string; sizes: number[]; most: number }[] = [
  { title: 'of one byte', sizes: Array.from({ length: 8_000 }, () => 1), most: 800 },
  { title: 'of 20 bytes', sizes: Array.from({ length: 20_000 }, () => 20), most: 2_000 },
  { title: 'small and large ones', sizes: [1, 5_000, 3, 2, 2_000, 1_024, 1_023, 1], most: 8 },
  { title: 'large ones first', sizes: [5_000, 2_000, 1], most: 3 },
  { title: 'none', sizes: [], most: 0 }
]

for (const { title, sizes, most } of bodies) {
  t.test(`pieces of a body arrive in their order, and are few: ${title}`, async t => {
    const { client, request } = await start(t)
    client.write(head + chunks(sizes) + end)
    const pieces: Buffer[] = []
    for await (const piece of await request) pieces.push(piece)
    const sent = sizes.map((size, at) => String(at % 10).repeat(size)).join('')
    t.equal(Buffer.concat(pieces).toString(), sent)
    t.ok(pieces.length <= most, `${pieces.length} pieces`)
  })
}

t.test('a piece is read though no other one comes', async t => {
  const { client, request } = await start(t)
  client.write(head + chunks([5]))
  for await (const piece of await request) {
    t.equal(String(piece), '00000')
    break
  }
})

t.test('one that sends very many of one byte is cut off, though nobody reads them', async t => {
  const { client, request } = await start(t)
  client.write(head + chunks(Array.from({ length: 10_000 }, () => 1)))
  await client.ended()
  t.ok((await request).destroyed)
})

t.test('so is one that sends them when its response is over', async t => {
  const { client, request, response } = await start(t)
  client.write(head)
  await request
  ;(await response).end()
  await client.next()
  client.write(chunks(Array.from({ length: 10_000 }, () => 1)))
  await client.ended()
  t.ok((await request).socket.destroyed)
})
