import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { tooLarge, unavailable } from '../../kinto/errors.ts'
import { Shares, type SharesOptions } from '../../shares.ts'
import { Gathered } from './gathered.ts'

export interface BodyLimits {
  maxBytes: number
  /** Milliseconds until the whole body must have come. */
  timeoutMs: number
  /** Whose it is (`Callers`), and whether Kinto has confirmed them. */
  caller: string
  isConfirmed: boolean
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
  readonly #idleMs: number

  /**
   * `room` is in bytes. A client that is silent for longer than `idleMs`, while its body is waited
   * for, is cut off.
   */
  constructor(room: SharesOptions, idleMs: number) {
    this.#room = new Shares(room)
    this.#idleMs = idleMs
  }

  /**
   * Reads a whole body, which counts until `response` is over. When the client stops sending, its
   * connection is ended.
   * @throws Refusal 413, 503
   */
  async read(
    request: IncomingMessage,
    response: ServerResponse,
    limits: BodyLimits
  ): Promise<Buffer> {
    // A client that stops sending is as good as gone.
    const whole = setTimeout(() => request.destroy(), limits.timeoutMs)
    const idle = setTimeout(() => request.destroy(), this.#idleMs)
    try {
      return await this.#collect(request, response, limits, () => idle.refresh()).finally(() => {
        clearTimeout(whole)
        clearTimeout(idle)
      })
    } catch (error) {
      // The rest is read and thrown away: a client that is cut off may not get to read why.
      request.resume()
      throw error
    }
  }

  async #collect(
    request: IncomingMessage,
    response: ServerResponse,
    { maxBytes, caller, isConfirmed }: BodyLimits,
    onChunk: () => void
  ): Promise<Buffer> {
    const gathered = new Gathered()
    let bytes = 0
    response.once('close', () => {
      this.#room.giveBack(caller, bytes, isConfirmed)
    })
    requireSize(request.headers, maxBytes)
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      onChunk()
      // Only what has come is counted: a client that announces much and sends nothing would keep
      // others out.
      if (!this.#room.take(caller, chunk.length, isConfirmed))
        throw unavailable('Too many requests are being read. Try again in a moment.', {
          retryAfter: 3
        })
      bytes += chunk.length
      if (bytes > maxBytes) throw tooLarge(maxBytes)
      gathered.add(chunk)
    }
    return gathered.take()
  }
}
