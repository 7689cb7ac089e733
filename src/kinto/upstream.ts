import { isIP } from 'node:net'
import { getCACertificates } from 'node:tls'
import { buildConnector, type Dispatcher } from 'undici'
import { bounded } from './bounded.ts'
import { ConnectionPool } from './connection-pool.ts'
import { usualKeptOpenTimes, type KeptOpenTimes } from './kept-open.ts'
import { repeatWhenStale, watchForStale } from './stale.ts'
import { timed } from './timed.ts'

export interface UpstreamOptions {
  /** Where Kinto is: scheme, host and port. */
  origin: string
  /** Milliseconds that Kinto may be silent, before its response or between two pieces of it. */
  timeoutMs: number
  /** How many requests go on at one time. Others wait, `timeoutMs` at most. Default: 80. */
  connections?: number
  /** How long a connection may take to be made, TLS included, in milliseconds. */
  connectTimeoutMs?: number
  /** Authorities to trust beside those that Node trusts, in PEM. */
  ca?: string | undefined
  /** How Kinto's habit with idle connections is found out. */
  keptOpenTimes?: KeptOpenTimes
  /** Is told the seconds from each request to the head of its response. */
  observe?: (seconds: number) => void
}

export interface Upstream {
  dispatcher: Dispatcher
  /** Ends all connections; a request that is still under way fails. */
  close: () => Promise<void>
}

/** There is no connection to Kinto, so nothing was sent. The cause says why. */
export class NotConnectedError extends Error {
  override readonly name = 'NotConnectedError'
  readonly code = 'KINTO_NOT_CONNECTED'
}

// Kinto's servers drop idle connections after 29 s (granian) or 120 s (waitress), whatever time a
// server in between promises.
const keepAliveMaxTimeout = 20_000

// Kinto's server (waitress) takes 100 connections, idle ones among them. HEAD requests have a tenth
// of ours.
const usualConnections = 80
const headShare = 0.1

// `Next-Page` repeats the whole query, and Kinto takes 256 KiB of it.
const maxHeaderSize = 512 * 1024

/**
 * The connections to Kinto: HTTP/1.1, one request at a time on each, TLS verified against the name
 * in `origin`.
 */
export function createUpstream({
  origin,
  timeoutMs,
  connections = usualConnections,
  connectTimeoutMs = 10_000,
  ca,
  keptOpenTimes = usualKeptOpenTimes,
  observe = () => {}
}: UpstreamOptions): Upstream {
  const hostname = new URL(origin).hostname.replace(/^\[(.*)\]$/, '$1')
  const stale = new WeakSet<object>()
  const client = {
    pipelining: 1,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    keepAliveMaxTimeout,
    maxHeaderSize,
    connect: connector(
      {
        allowH2: false,
        timeout: connectTimeoutMs,
        ...(ca === undefined ? {} : { ca: [...getCACertificates('default'), ca] })
      },
      hostname,
      stale
    )
  }
  const headConnections = Math.max(1, Math.floor(connections * headShare))
  const otherConnections = connections - headConnections
  const pool = new ConnectionPool({ origin, client, keptOpenTimes })
  const heads = new ConnectionPool({ origin, client, keptOpenTimes })
  const toKinto = (to: ConnectionPool, most: number): Dispatcher =>
    to.compose(
      repeatWhenStale(stale),
      sameServerName(hostname),
      timed(observe),
      bounded(most, timeoutMs)
    )
  return {
    dispatcher: toKinto(pool, otherConnections).compose(
      headsApart(toKinto(heads, headConnections))
    ),
    async close() {
      await Promise.all([pool.end(), heads.end()])
    }
  }
}

// The name that TLS asks for and verifies is the configured one. An IP address is verified too, but
// not asked for (RFC 6066 §3).
function connector(
  options: buildConnector.BuildOptions,
  hostname: string,
  stale: WeakSet<object>
): buildConnector.connector {
  const connect = buildConnector(options)
  const servername = isIP(hostname) === 0 ? hostname : ''
  return function connectToKinto(options, callback) {
    connect({ ...options, servername }, (error, socket) => {
      if (error !== null)
        return callback(
          new NotConnectedError('There is no connection to Kinto.', { cause: error }),
          null
        )
      watchForStale(socket, stale)
      callback(null, socket)
    })
  }
}

// undici takes the server name from `Host`, which is the client's here, and makes a new connection
// whenever it changes.
function sameServerName(servername: string): Dispatcher.DispatcherComposeInterceptor {
  return dispatch =>
    function dispatchWithServerName(options, handler) {
      const named = { ...options, servername }
      return dispatch(named, handler)
    }
}

// undici closes the connection after a HEAD: a body that the server might send would be taken for
// the response to the next request. Kinto's servers send none, but a server in between could. So
// HEAD requests have connections of their own, which stay open and carry nothing else.
function headsApart(heads: Dispatcher): Dispatcher.DispatcherComposeInterceptor {
  return dispatch =>
    function dispatchHead(options, handler) {
      return options.method === 'HEAD'
        ? heads.dispatch({ ...options, reset: false }, handler)
        : dispatch(options, handler)
    }
}
