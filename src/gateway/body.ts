import type { IncomingMessage } from 'node:http'
import getRawBody from 'raw-body'
import { tooLarge } from '../kinto/errors.ts'

export interface BodyLimits {
  maxBytes: number
  /** Milliseconds until the whole body must have come. */
  timeoutMs: number
}

/** Reads a whole body. @throws Refusal 413; when the client stops sending, its connection is ended */
export async function readBody (request: IncomingMessage, { maxBytes, timeoutMs }: BodyLimits): Promise<Buffer> {
  // A client that stops sending is as good as gone.
  const timer = setTimeout(() => request.destroy(), timeoutMs)
  try {
    return await getRawBody(request, { limit: maxBytes, length: request.headers['content-length'] ?? null }).finally(() => { clearTimeout(timer) })
  } catch (error) {
    // What is left of it is read and thrown away, so that the client is not cut off before it has read why.
    request.resume()
    throw isTooLarge(error) ? tooLarge(maxBytes) : error
  }
}

function isTooLarge (error: unknown): boolean {
  return error instanceof Error && 'type' in error && error.type === 'entity.too.large'
}
