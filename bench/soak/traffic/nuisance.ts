import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { as } from '../../../test/helpers/service.ts'
import type { Ledger } from '../ledger.ts'
import type { Random } from '../random.ts'
import { articles, large, steps } from '../stage/kinto.ts'
import type { Client } from './client.ts'

const mebibyte = 2 ** 20
const crowdSize = 40
const cutWithinMs = 30_000

/** The service's own resources, and one that is passed on. */
const targets = [
  `POST /v1${steps}/records/none/stepfunction`,
  `POST /v1${steps}/stepfunction`,
  'POST /v1/batch',
  `PUT /v1${articles}/records/mallory`
] as const

/**
 * A client that does what nobody should do: it must not be noticed by all the others. It has the
 * right to nothing.
 */
export class Nuisance {
  readonly #url: URL
  readonly #client: Client
  readonly #random: Random
  readonly #ledger: Ledger

  constructor(url: string, client: Client, random: Random, ledger: Ledger) {
    this.#url = new URL(url)
    this.#client = client
    this.#random = random
    this.#ledger = ledger
  }

  /** Does one thing. */
  async act(): Promise<void> {
    await this.#random.pick([
      async () => {
        await this.#sendHalf()
      },
      async () => {
        await this.#trickle()
      },
      async () => {
        await this.#sendOneByOne()
      },
      async () => {
        await this.#crowd()
      },
      async () => {
        await this.#sendLargeBatch()
      }
    ])()
  }

  /** Sends bodies of which one half comes, and leaves. */
  async #sendHalf(): Promise<void> {
    const sockets = await Promise.all(
      Array.from({ length: crowdSize }, async () => {
        const head = this.#head('Content-Length: 100000')
        return await this.#open(head + 'x'.repeat(this.#random.whole(0, 60_000)))
      })
    )
    await sleep(this.#random.between(0, 3_000))
    for (const socket of sockets) this.#leave('half a body', socket)
  }

  /** Sends a body whose first part takes a connection to Kinto, then byte for byte. */
  async #trickle(): Promise<void> {
    const head = this.#head('Content-Length: 200000', targets[3])
    const socket = await this.#open(head + 'x'.repeat(100_000))
    for (let sent = 0; sent < 20 && !socket.destroyed; sent++) {
      socket.write('x')
      await sleep(100)
    }
    this.#leave('a slow body', socket)
  }

  /** Sends a body in pieces of one byte. It is refused before it is read, or cut off. */
  async #sendOneByOne(): Promise<void> {
    const from = Date.now()
    const head = this.#head('Transfer-Encoding: chunked')
    const socket = await this.#open(head + '1\r\nx\r\n'.repeat(20_000))
    const { promise, resolve } = Promise.withResolvers<string>()
    const limit = setTimeout(resolve, cutWithinMs, 'read on')
    socket.once('close', () => {
      resolve('cut')
    })
    socket.once('data', () => {
      resolve('refused')
    })
    const outcome = await promise
    clearTimeout(limit)
    if (outcome === 'read on')
      this.#ledger.violation('A body in pieces of one byte was not cut off', { head })
    this.#ledger.request('one by one', outcome, Date.now() - from)
    socket.destroy()
  }

  /** Answers many times at once. */
  async #crowd(): Promise<void> {
    await Promise.all(
      Array.from({ length: crowdSize }, async () => {
        await this.#client.ask({
          kind: 'POST answer, forbidden',
          method: 'POST',
          path: `${steps}/records/none/stepfunction`,
          user: 'mallory',
          body: { answer: 'SUCCEED' },
          expected: [403]
        })
      })
    )
  }

  /** Sends a batch of some MiB, with an answer in it or without. */
  async #sendLargeBatch(): Promise<void> {
    const hasAnswer = this.#random.chance(0.5)
    const content = 'x'.repeat(mebibyte)
    const puts = Array.from({ length: 4 }, (_none, index) => ({
      method: 'PUT',
      path: `${large}/records/mallory-${index}`,
      body: { data: { content } }
    }))
    const answer = { method: 'POST', path: `${steps}/records/none/stepfunction` }
    await this.#client.ask({
      kind: hasAnswer ? 'POST large batch with an answer' : 'POST large batch',
      method: 'POST',
      path: '/batch',
      user: 'mallory',
      body: { requests: hasAnswer ? [...puts, answer] : puts },
      expected: [hasAnswer ? 413 : 200]
    })
  }

  #head(framing: string, target = this.#random.pick(targets)): string {
    const lines = [
      `${target} HTTP/1.1`,
      `Host: ${this.#url.host}`,
      `Authorization: ${as('mallory')}`,
      'Content-Type: application/json',
      framing
    ]
    return `${lines.join('\r\n')}\r\n\r\n`
  }

  async #open(text: string): Promise<Socket> {
    const socket = connect(Number(this.#url.port), this.#url.hostname)
    socket.on('error', () => {})
    socket.resume()
    await once(socket, 'connect')
    socket.write(text)
    return socket
  }

  #leave(kind: string, socket: Socket): void {
    this.#ledger.request(kind, 'left', 0)
    socket.destroy()
  }
}
