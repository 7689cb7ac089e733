import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { tooLarge, unavailable, type Refusal } from '../../kinto/errors.ts'
import { Shares, type SharesOptions } from '../../shares.ts'
import { IncomingBody, type IncomingBodyOptions } from './incoming-body.ts'

export interface BodyLimits {
  maxBytes: number
  /** Milliseconds until the whole body must have come. */
  timeoutMs: number
  /** Whose it is (`Callers`), and whether Kinto has confirmed them. */
  caller: string
  isConfirmed: boolean
}

// Bytes of a body that is parsed in a moment, whatever stands in it.
const quick = 16 * 1024

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
  readonly #reading: IncomingBodyOptions

  /** `room` is in bytes. */
  constructor(room: SharesOptions, reading: IncomingBodyOptions) {
    this.#room = new Shares(room)
    this.#reading = reading
  }

  /**
   * Reads a whole body, which counts until `response` is over. When the client stops sending, its
   * connection is ended. To parse it may take long, so only one is given out in a turn of the loop.
   * @throws Refusal 413, 503
   */
  async read(
    request: IncomingMessage,
    response: ServerResponse,
    { maxBytes, timeoutMs, caller, isConfirmed }: BodyLimits
  ): Promise<Buffer> {
    let bytes = 0
    response.once('close', () => {
      this.#room.giveBack(caller, bytes, isConfirmed)
    })
    requireSize(request.headers, maxBytes)
    const tooLong = setTimeout(() => request.destroy(), timeoutMs)
    // Only what has come is counted: a client that announces much and sends nothing would keep
    // others out.
    const refuse = (more: number): Refusal | undefined => {
      if (!this.#room.take(caller, more, isConfirmed))
        return unavailable('Too many requests are being read. Try again in a moment.', {
          retryAfter: 3
        })
      bytes += more
      return bytes > maxBytes ? tooLarge(maxBytes) : undefined
    }
    const body = await new IncomingBody(request, response, this.#reading)
      .whole(refuse)
      .finally(() => {
        clearTimeout(tooLong)
      })
    if (body.length > quick) await this.#reading.turns.next()
    return body
  }
}
