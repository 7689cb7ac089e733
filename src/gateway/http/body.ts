import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { tooLarge, type Refusal } from '../../kinto/errors.ts'
import { Shares, type SharesOptions } from '../../shares.ts'
import type { Turns } from '../../wait.ts'
import { IncomingBody, tooManyBodies, type IncomingBodyOptions } from './incoming-body.ts'

export interface BodyLimits {
  maxBytes: number
  /** Milliseconds until the whole body must have come. */
  timeoutMs: number
  /** Whose it is (`Callers`), and whether Kinto has confirmed them. */
  caller: string
  isConfirmed: boolean
}

export interface BodiesOptions extends IncomingBodyOptions {
  /** Bodies are given out one in a turn of the loop. */
  turns: Turns
}

/**
 * Refuses a body that is announced as too large, before any of it is read.
 * @throws Refusal 413
 */
export function requireSize(headers: IncomingHttpHeaders, maxBytes: number): void {
  if (Number(headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes)
}

/**
 * The bodies that are read whole, of all requests under way. Together they take no more memory than
 * there is room for.
 */
export class Bodies {
  readonly #room: Shares
  readonly #reading: BodiesOptions

  /** `room` is in bytes. */
  constructor(room: SharesOptions, reading: BodiesOptions) {
    this.#room = new Shares(room)
    this.#reading = reading
  }

  /**
   * Reads a whole body, which counts until `response` is over. When the client stops sending, its
   * connection is ended.
   * @throws Refusal 413, 503; the client's error when it leaves
   */
  async read(
    request: IncomingMessage,
    response: ServerResponse,
    { maxBytes, timeoutMs, caller, isConfirmed }: BodyLimits
  ): Promise<Buffer> {
    requireSize(request.headers, maxBytes)
    const held = this.#room.holding(caller, isConfirmed)
    response.once('close', () => {
      held.giveBack()
    })
    const tooLong = setTimeout(() => request.destroy(), timeoutMs)
    let bytes = 0
    // Only what has come is counted: a client that announces much and sends nothing would keep
    // others out.
    const refuse = (more: number): Refusal | undefined => {
      if (!held.take(more)) return tooManyBodies()
      bytes += more
      return bytes > maxBytes ? tooLarge(maxBytes) : undefined
    }
    return await new IncomingBody(request, response, this.#reading)
      .whole(refuse, this.#reading.turns)
      .finally(() => {
        clearTimeout(tooLong)
      })
  }
}
