import type { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { isJsonObject, parseJson, type JsonObject } from './json.ts'

/** A response of Kinto, as it came. Headers are a flat list of names and values. */
export interface KintoResponse {
  status: number
  headers: string[]
  body: Buffer
}

export interface KintoRequest {
  method: 'GET' | 'PATCH' | 'POST' | 'PUT' | 'OPTIONS'
  path: string
  headers: string[]
  body?: string | Uint8Array
  /** Milliseconds for the whole exchange. */
  timeoutMs: number
  /** The largest response that is read. */
  maxBytes?: number
}

/** Kinto's response is larger than `maxBytes`. The headers of a list tell its next page. */
export class ResponseTooLarge extends Error {
  override readonly name = 'ResponseTooLarge'
  readonly headers: readonly string[]

  constructor(maxBytes: number, headers: readonly string[]) {
    super(`Kinto's answer has more than ${maxBytes} bytes.`)
    this.headers = headers
  }
}

/** Kinto gave no response, or none that could be read. */
export class KintoUnreachable extends Error {
  override readonly name = 'KintoUnreachable'
}

/** Ends the request with Kinto's own response: its body and headers are relayed to the client. */
export class KintoRefusal extends Error {
  override readonly name = 'KintoRefusal'
  readonly response: KintoResponse

  constructor(response: KintoResponse) {
    super(`Kinto answered ${response.status}.`)
    this.response = response
  }
}

/**
 * Sends a request to Kinto and reads the whole response, whatever its status.
 * @throws KintoUnreachable, ResponseTooLarge
 */
export async function requestKinto(
  dispatcher: Dispatcher,
  origin: string,
  request: KintoRequest
): Promise<KintoResponse> {
  const { method, path, headers, body = null, timeoutMs, maxBytes = Infinity } = request
  try {
    const signal = AbortSignal.timeout(Math.max(1, Math.floor(timeoutMs)))
    const response = await dispatcher.request({
      origin,
      method,
      path,
      headers,
      body,
      signal,
      responseHeaders: 'raw'
    })
    // `responseHeaders: 'raw'` makes the headers a flat list, but undici's type does not say so.
    const responseHeaders = [response.headers].flat().map(String)
    const all = await readAll(response.body, maxBytes)
    if (all === undefined) throw new ResponseTooLarge(maxBytes, responseHeaders)
    return { status: response.statusCode, headers: responseHeaders, body: all }
  } catch (cause) {
    if (cause instanceof ResponseTooLarge) throw cause
    throw new KintoUnreachable('Kinto could not be reached, or did not answer in time.', { cause })
  }
}

/** Undefined for a body that is larger. */
async function readAll(body: Readable, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > maxBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/**
 * The JSON object in the body of a response.
 * @throws KintoUnreachable when there is none: then something else than Kinto responded
 */
export function jsonObject(response: KintoResponse): JsonObject {
  try {
    const value = parseJson(response.body.toString())
    if (isJsonObject(value)) return value
  } catch (cause) {
    throw new KintoUnreachable('The answer is not JSON, so it is not from Kinto.', { cause })
  }
  throw new KintoUnreachable('The answer is not a JSON object, so it is not from Kinto.')
}
