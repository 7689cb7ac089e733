import type { Dispatcher } from 'undici'
import {
  openKinto,
  readWhole,
  type KintoRequest,
  type KintoResponse,
  type OpenResponse
} from './client.ts'
import { headerNames, headerValues, selectHeaders } from './headers.ts'

export interface Kinto {
  dispatcher: Dispatcher
  origin: string
  /** Milliseconds that one exchange may take. */
  timeoutMs: number
}

interface Sending {
  /** Fields of a record to change. */
  data?: Record<string, unknown>
  /** A whole body, in place of `data`. */
  body?: string
  contentType?: string
  /** The value of the header `If-Match`, quotes included. */
  ifMatch?: string
  /** Further headers, a flat list. */
  headers?: string[]
  /** The largest response that is read. */
  maxBytes?: number
}

// Headers that belong to the body of the client's own request, to its conditions, or to the form in
// which the client wants the response (RFC 9110).
const ofThatRequestOnly =
  /^(content-.*|.*digest|if-.*|range|accept|accept-encoding|response-behavior)$/

/**
 * Speaks to Kinto on behalf of one client's request. The client's headers go along, so that Kinto
 * sees the same caller.
 */
export class KintoSession {
  readonly #kinto: Kinto
  readonly #headers: string[]
  readonly #timeLeft: () => number

  /**
   * `headers`: those that the pass-through would send. `timeLeft`: milliseconds until the client's
   * request must have ended.
   */
  constructor(kinto: Kinto, headers: string[], timeLeft: () => number) {
    this.#kinto = kinto
    this.#headers = selectHeaders(headers, name => !ofThatRequestOnly.test(name))
    this.#timeLeft = timeLeft
  }

  /** The value of the caller's `Authorization`. */
  get authorization(): string | undefined {
    return headerValues(this.#headers, 'authorization')[0]
  }

  /** The same request, by another account. */
  as(authorization: string): KintoSession {
    const headers = selectHeaders(
      this.#headers,
      name => name !== 'authorization' && name !== 'cookie'
    )
    return new KintoSession(
      this.#kinto,
      [...headers, 'Authorization', authorization],
      this.#timeLeft
    )
  }

  /**
   * `headers`: further headers, a flat list.
   * @throws KintoUnreachable, ResponseTooLarge
   */
  get(
    path: string,
    { headers = [], maxBytes = Infinity }: { headers?: string[]; maxBytes?: number } = {}
  ): Promise<KintoResponse> {
    return this.#send('GET', path, { headers, maxBytes })
  }

  /**
   * The same with the body of a 200 still to be read.
   * @throws KintoUnreachable
   */
  async open(path: string, headers: string[]): Promise<OpenResponse | KintoResponse> {
    const response = await this.#open('GET', path, { headers })
    return response.status === 200 ? response : await readWhole(response)
  }

  patch(path: string, sending: Sending): Promise<KintoResponse> {
    return this.#send('PATCH', path, sending)
  }

  /** Puts a record there. `body`: JSON text. `headers`: conditions, a flat list. */
  put(path: string, body: string, headers: string[]): Promise<KintoResponse> {
    return this.#send('PUT', path, { body, headers })
  }

  post(path: string, body: string): Promise<KintoResponse> {
    return this.#send('POST', path, { body })
  }

  /**
   * Kinto's response to a browser's preflight for `path`
   * (https://fetch.spec.whatwg.org/#cors-preflight-request).
   */
  options(path: string, headers: string[]): Promise<KintoResponse> {
    return this.#send('OPTIONS', path, { headers })
  }

  async #send(
    method: KintoRequest['method'],
    path: string,
    { maxBytes, ...sending }: Sending
  ): Promise<KintoResponse> {
    return await readWhole(await this.#open(method, path, sending), maxBytes)
  }

  #open(
    method: KintoRequest['method'],
    path: string,
    {
      data,
      body = data === undefined ? undefined : JSON.stringify({ data }),
      contentType = 'application/json',
      ifMatch,
      headers = []
    }: Omit<Sending, 'maxBytes'>
  ): Promise<OpenResponse> {
    const names = headerNames(headers)
    return openKinto(this.#kinto.dispatcher, this.#kinto.origin, {
      method,
      path,
      headers: [
        ...selectHeaders(this.#headers, name => !names.has(name)),
        ...headers,
        'Accept',
        'application/json',
        'Accept-Encoding',
        'identity',
        ...(body === undefined ? [] : ['Content-Type', contentType]),
        ...(ifMatch === undefined ? [] : ['If-Match', ifMatch])
      ],
      ...(body === undefined ? {} : { body }),
      timeoutMs: Math.min(this.#kinto.timeoutMs, this.#timeLeft())
    })
  }
}
