import type { IncomingMessage, ServerResponse } from 'node:http'

/** A whole request that came to the scripted Kinto. */
export interface ReceivedByKinto {
  method: string
  url: string
  /** A flat list. */
  rawHeaders: string[]
  body: Buffer
  /** The number of its connection, from 1. */
  connection: number
}

export type KintoHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  received: ReceivedByKinto
) => void

/**
 * - `hang`: there is never a response.
 * - `reset`: the connection is cut, and nothing is done.
 * - `lose`: the request is carried out, then the connection is cut.
 * - `garbage`: the response is not HTTP.
 * - A number: the response is an error with this status.
 * - A promise: the request waits for it.
 * - A function makes the response by itself.
 */
export type Fault = 'hang' | 'reset' | 'lose' | 'garbage' | number | Promise<unknown> | KintoHandler

/** The requests that fail: the `nth` (from 1) that matches from now on, or all that match. */
export interface FaultyRequests {
  method?: string
  path?: string | RegExp
  nth?: number
}

/** The faults that a test has planned. */
export class KintoFaults {
  readonly #planned = new Set<{ requests: FaultyRequests; fault: Fault; seen: number }>()

  /** @returns a function that ends the fault */
  plan(requests: FaultyRequests, fault: Fault): () => void {
    const entry = { requests, fault, seen: 0 }
    this.#planned.add(entry)
    return () => {
      this.#planned.delete(entry)
    }
  }

  /** The fault of this request, if it has one. Counts the request. */
  take(received: ReceivedByKinto): Fault | undefined {
    const matching = [...this.#planned].filter(({ requests }) => concerns(requests, received))
    for (const entry of matching) entry.seen += 1
    return matching.find(
      ({ requests, seen }) => requests.nth === undefined || requests.nth === seen
    )?.fault
  }
}

export function concerns({ method, path }: FaultyRequests, received: ReceivedByKinto): boolean {
  return (
    (method ?? received.method) === received.method &&
    (typeof path === 'object' ? path.test(received.url) : (path ?? received.url) === received.url)
  )
}
