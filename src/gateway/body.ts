import type { IncomingMessage, ServerResponse } from 'node:http'
import getRawBody from 'raw-body'
import { tooLarge, unavailable } from '../kinto/errors.ts'

export interface BodyLimits {
  maxBytes: number
  /** Milliseconds until the whole body must have come. */
  timeoutMs: number
}

/** The bodies that are read whole, of all requests under way: together no more than memory has room for. */
export class Bodies {
  readonly #maxHeldBytes: number
  #heldBytes = 0

  constructor (maxHeldBytes: number) {
    this.#maxHeldBytes = maxHeldBytes
  }

  /** Reads a whole body, which counts until `response` is over. @throws Refusal 413, 503; when the client stops sending, its connection is ended */
  async read (request: IncomingMessage, response: ServerResponse, { maxBytes, timeoutMs }: BodyLimits): Promise<Buffer> {
    const length = request.headers['content-length']
    const bytes = request.headers['transfer-encoding'] === undefined ? Number(length ?? 0) : maxBytes
    if (bytes > maxBytes) return refuse(request, tooLarge(maxBytes))
    if (this.#heldBytes + bytes > this.#maxHeldBytes) return refuse(request, unavailable('Too many requests are being read, please retry later.', { retryAfter: 3 }))
    this.#heldBytes += bytes
    response.once('close', () => { this.#heldBytes -= bytes })
    // A client that stops sending is as good as gone.
    const timer = setTimeout(() => request.destroy(), timeoutMs)
    try {
      return await getRawBody(request, { limit: maxBytes, length: length ?? null }).finally(() => { clearTimeout(timer) })
    } catch (error) {
      return refuse(request, isTooLarge(error) ? tooLarge(maxBytes) : error)
    }
  }
}

// What is left of it is read and thrown away, so that the client is not cut off before it has read why.
function refuse (request: IncomingMessage, error: unknown): never {
  request.resume()
  throw error
}

function isTooLarge (error: unknown): boolean {
  return error instanceof Error && 'type' in error && error.type === 'entity.too.large'
}
