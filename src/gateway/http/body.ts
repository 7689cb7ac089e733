import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { tooLarge, unavailable } from '../../kinto/errors.ts'

export interface BodyLimits {
  maxBytes: number
  /** Milliseconds until the whole body must have come. */
  timeoutMs: number
  /**
   * Milliseconds that the client may be silent. Default: 30,000, in which a client that sends at
   * all sends something.
   */
  idleMs?: number
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
  readonly #maxHeldBytes: number
  #heldBytes = 0

  constructor(maxHeldBytes: number) {
    this.#maxHeldBytes = maxHeldBytes
  }

  /**
   * Reads a whole body, which counts until `response` is over. When the client stops sending, its
   * connection is ended.
   * @throws Refusal 413, 503
   */
  async read(
    request: IncomingMessage,
    response: ServerResponse,
    { maxBytes, timeoutMs, idleMs = 30_000 }: BodyLimits
  ): Promise<Buffer> {
    // A client that stops sending is as good as gone.
    const whole = setTimeout(() => request.destroy(), timeoutMs)
    const idle = setTimeout(() => request.destroy(), idleMs)
    try {
      return await this.#collect(request, response, maxBytes, () => idle.refresh()).finally(() => {
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
    maxBytes: number,
    onChunk: () => void
  ): Promise<Buffer> {
    const chunks: Buffer[] = []
    let bytes = 0
    response.once('close', () => {
      this.#heldBytes -= bytes
    })
    requireSize(request.headers, maxBytes)
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      onChunk()
      // Only what has come is counted: a client that announces much and sends nothing would keep
      // others out.
      if (this.#heldBytes + chunk.length > this.#maxHeldBytes)
        throw unavailable('Too many requests are being read. Try again in a moment.', {
          retryAfter: 3
        })
      this.#heldBytes += chunk.length
      bytes += chunk.length
      if (bytes > maxBytes) throw tooLarge(maxBytes)
      chunks.push(chunk)
    }
    return Buffer.concat(chunks)
  }
}
