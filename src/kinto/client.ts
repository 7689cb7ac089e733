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

/** A response of Kinto whose body is still to be read. */
export interface OpenResponse extends Omit<KintoResponse, 'body'> {
  /** The body, as it comes. Has to be read, or begun and left. Throws KintoUnreachable. */
  chunks: AsyncIterable<Buffer>
}

/** Kinto's response is larger than `maxBytes`. */
export class ResponseTooLarge extends Error {
  override readonly name = 'ResponseTooLarge'

  constructor(maxBytes: number) {
    super(`Kinto's answer has more than ${maxBytes} bytes.`)
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
  return await readWhole(await openKinto(dispatcher, origin, request), request.maxBytes)
}

/**
 * Sends a request to Kinto. `timeoutMs` bounds the reading of the body as well.
 * @throws KintoUnreachable
 */
export async function openKinto(
  dispatcher: Dispatcher,
  origin: string,
  { method, path, headers, body, timeoutMs }: KintoRequest
): Promise<OpenResponse> {
  try {
    const signal = AbortSignal.timeout(Math.max(1, Math.floor(timeoutMs)))
    const response = await dispatcher.request({
      origin,
      method,
      path,
      headers,
      body: body ?? null,
      signal,
      responseHeaders: 'raw'
    })
    return {
      status: response.statusCode,
      // `responseHeaders: 'raw'` makes them a flat list, but undici's type does not say so.
      headers: [response.headers].flat().map(String),
      chunks: chunksOf(response.body)
    }
  } catch (cause) {
    throw unreachable(cause)
  }
}

/**
 * Reads the whole body.
 * @throws KintoUnreachable, ResponseTooLarge
 */
export async function readWhole(
  { status, headers, chunks }: OpenResponse,
  maxBytes = Infinity
): Promise<KintoResponse> {
  const read: Buffer[] = []
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.length
    if (bytes > maxBytes) throw new ResponseTooLarge(maxBytes)
    read.push(chunk)
  }
  return { status, headers, body: Buffer.concat(read) }
}

async function* chunksOf(body: Readable): AsyncGenerator<Buffer> {
  try {
    yield* body
  } catch (cause) {
    throw unreachable(cause)
  }
}

function unreachable(cause: unknown): KintoUnreachable {
  return new KintoUnreachable('Kinto could not be reached, or did not answer in time.', { cause })
}

/**
 * The JSON object in the body of a response.
 * @throws KintoUnreachable when there is none: then something else than Kinto responded
 */
export function jsonObject({ body }: Pick<KintoResponse, 'body'>): JsonObject {
  try {
    const value = parseJson(body.toString())
    if (isJsonObject(value)) return value
  } catch (cause) {
    throw new KintoUnreachable('The answer is not JSON, so it is not from Kinto.', { cause })
  }
  throw new KintoUnreachable('The answer is not a JSON object, so it is not from Kinto.')
}
