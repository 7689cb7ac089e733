import { setTimeout as sleep } from 'node:timers/promises'
import type { Ledger } from '../ledger.ts'
import type { Random } from '../random.ts'
import { large } from '../stage/kinto.ts'
import type { Client } from './client.ts'
import { isDefinite, type Request } from './exchange.ts'

const mebibyte = 2 ** 20
const piece = 64 * 1_024

/** A user with large records, who uploads and downloads, sometimes slowly or not to the end. */
export class Uploader {
  readonly #id: string
  readonly #client: Client
  readonly #random: Random
  readonly #ledger: Ledger
  /**
   * All sizes that were sent. An upload whose client has left may still be carried out, even after
   * the next one. 0 stands for no record.
   */
  readonly #sizes = new Set([0])

  constructor(name: string, client: Client, random: Random, ledger: Ledger) {
    this.#id = name
    this.#client = client
    this.#random = random
    this.#ledger = ledger
  }

  /** Does one thing. */
  async act(): Promise<void> {
    await (this.#random.chance(0.4) ? this.#upload() : this.#download())
  }

  async #upload(): Promise<void> {
    const size = this.#random.whole(1, 3 * mebibyte)
    const slowly = this.#random.chance(0.2)
    const request: Request = {
      kind: slowly ? 'slow upload' : 'upload',
      method: 'PUT',
      path: this.#path,
      user: 'carol',
      body: upload(size, slowly),
      expected: [200, 201]
    }
    this.#sizes.add(size)
    await this.#client.ask(
      this.#random.chance(0.2)
        ? { ...request, kind: 'upload, left', leaveAfter: this.#random.whole(1, 60) }
        : request
    )
  }

  async #download(): Promise<void> {
    const slowly = this.#random.chance(0.2)
    const request: Request = {
      kind: slowly ? 'slow download' : 'download',
      method: 'GET',
      path: this.#path,
      user: 'carol',
      slowly,
      expected: [200, 404]
    }
    if (this.#random.chance(0.2))
      await this.#client.ask({
        ...request,
        kind: 'download, left',
        leaveAfter: this.#random.whole(1, 60)
      })
    const outcome = await this.#client.ask(request)
    if (!isDefinite(outcome)) return
    const size = outcome.body?.data?.content.length ?? 0
    if (!this.#sizes.has(size))
      this.#ledger.violation('A download was not what was uploaded', {
        id: this.#id,
        size,
        possible: [...this.#sizes]
      })
  }

  get #path(): string {
    return `${large}/records/${this.#id}`
  }
}

async function* upload(size: number, slowly: boolean): AsyncGenerator<Uint8Array> {
  yield Buffer.from('{"data": {"content": "')
  for (let left = size; left > 0; left -= piece) {
    yield Buffer.alloc(Math.min(left, piece), 'x')
    if (slowly) await sleep(10)
  }
  yield Buffer.from('"}}')
}
