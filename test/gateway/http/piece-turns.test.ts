import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { GatheredRequest } from '../../../src/gateway/http/gathered-request.ts'
import { pieceTurns } from '../../../src/gateway/http/piece-turns.ts'
import { openRaw, type RawConnection } from '../../helpers/raw.ts'

// 4,096 end a turn, and 64 KiB, as Node reads them, have up to 3,000 of 20 bytes.
const mostInTurn = 8_000
const clients = 16

const head = 'PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n'
const chunks = (count: number): string => `14\r\n${' '.repeat(20)}\r\n`.repeat(count)
const end = '0\r\n\r\n'

interface Counting {
  url: string
  /** Pieces of bodies, in each turn of the loop. */
  turns: number[]
}

/** A server that counts the pieces of bodies. */
async function start(t: Test, listener: RequestListener): Promise<Counting> {
  const turns: number[] = []
  let inTurn = 0
  class CountedRequest extends GatheredRequest {
    override push(piece: Buffer | null): boolean {
      if (inTurn === 0)
        setImmediate(() => {
          turns.push(inTurn)
          inTurn = 0
        })
      inTurn += 1
      return super.push(piece)
    }
  }
  const server = createServer({ IncomingMessage: CountedRequest }, listener)
  pieceTurns.watch(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, turns }
}

async function openMany(t: Test, url: string): Promise<RawConnection[]> {
  return await Promise.all(Array.from({ length: clients }, async () => await openRaw(t, url)))
}

async function succeeded(t: Test, connection: RawConnection, times: number): Promise<void> {
  for (let count = 0; count < times; count++) {
    const { statusLine } = await connection.next()
    if (statusLine !== 'HTTP/1.1 200 OK') t.fail(statusLine)
  }
}

const readWhole: RequestListener = (request, response) => {
  request.resume().once('end', () => response.end())
}

const ways: readonly {
  title: string
  text: string
  responses: number
  listener: RequestListener
}[] = [
  {
    title: 'of bodies that are read',
    text: head + chunks(20_000) + end,
    responses: 1,
    listener: readWhole
  },
  {
    title: 'of bodies that nobody reads',
    text: head + chunks(20_000) + end + head + end,
    responses: 2,
    listener: (_request, response) => response.end()
  },
  {
    title: 'of bodies that stand behind one another',
    text: (head + chunks(500) + end).repeat(20),
    responses: 20,
    listener: readWhole
  }
]

for (const { title, text, responses, listener } of ways) {
  t.test(`small pieces of many clients are spread over turns of the loop: ${title}`, async t => {
    const { url, turns } = await start(t, listener)
    const connections = await openMany(t, url)
    for (const connection of connections) connection.write(text)
    await Promise.all(connections.map(connection => succeeded(t, connection, responses)))
    const most = Math.max(...turns)
    t.ok(most <= mostInTurn, `${most} pieces in a turn`)
  })
}

t.test('who sends no small pieces does not wait for those who do', async t => {
  let turnsBefore = Infinity
  const { url, turns } = await start(t, (request, response) => {
    if (request.method === 'GET') {
      turnsBefore = turns.length
      response.end()
    } else readWhole(request, response)
  })
  const connections = await openMany(t, url)
  const other = await openRaw(t, url)
  for (const connection of connections) connection.write(head + chunks(20_000) + end)
  other.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  t.equal((await other.next()).status, 200)
  await Promise.all(connections.map(connection => succeeded(t, connection, 1)))
  t.ok(turnsBefore < turns.length / 2, `after ${turnsBefore} of ${turns.length} turns`)
})
