/** The Kintos that there are: see `settings.ts`. */
export type KintoName = 'open' | 'strict' | 'readonly'

/** The differences that `mirror.test.ts` explains, without the one that every response has. */
export type DifferenceName =
  | 'malformed'
  | 'stricter parser'
  | 'unknown method'
  | 'not one Host'
  | 'asterisk'
  | 'no path'
  | 'no tunnel'
  | 'what the service adds'

/** A request. What a row leaves out is as any client would send it. */
export interface Row {
  method?: string
  /** The target, in any form: it is sent as it stands here. */
  target?: string
  /** Whole lines, in order. */
  headers?: readonly string[]
  /** Its `Content-Length` is added, where no header says how long it is. */
  body?: string | Buffer
  /** The user; `''` sends no credentials. */
  as?: string
  version?: '1.0' | '1.1'
  /** `null` sends none. */
  host?: string | null
  /** `true`: the body waits for `100 Continue`. */
  waits?: boolean
  kinto?: KintoName
  /** Sent to Kinto itself before, each time. */
  before?: readonly Row[]
  /** The difference that this request shows. */
  differs?: DifferenceName
}

/** Every client uses this name for the server, for Kinto and for the service. */
export const publicHost = 'kinto.example:8443'

/** The request on the wire: its head, and its body. */
export function onTheWire(row: Row): { head: Buffer; body: Buffer } {
  const {
    method = 'GET',
    target = '/v1/',
    headers = [],
    as = 'owner',
    version = '1.1',
    host = publicHost
  } = row
  const body = Buffer.from(row.body ?? '')
  const framed = headers.some(line => /^(content-length|transfer-encoding) *:/i.test(line))
  const lines = [
    `${method} ${target} HTTP/${version}`,
    ...(host === null ? [] : [`Host: ${host}`]),
    ...(as === '' ? [] : [`Authorization: ${basic(as)}`]),
    ...headers,
    ...(row.body === undefined || framed ? [] : [`Content-Length: ${body.length}`])
  ]
  // One character is one byte: a row has the bytes to send where they are not ASCII.
  return { head: Buffer.from([...lines, '', ''].join('\r\n'), 'latin1'), body }
}

/** The request as a person reads it. */
export function describe(row: Row): string {
  const { head, body } = onTheWire(row)
  return `${row.kinto ?? 'open'}: ${head.toString('latin1')}${body.toString('latin1')}`
    .replaceAll('\r', '')
    .slice(0, 600)
}

/** A short name of the request. */
export function title({
  method = 'GET',
  target = '/v1/',
  headers = [],
  version = '1.1',
  as,
  kinto = 'open',
  body = ''
}: Row): string {
  const text = [
    kinto,
    method,
    target,
    version,
    as === undefined ? '' : `as ${as || 'nobody'}`,
    ...headers,
    body.toString('latin1').slice(0, 100)
  ].join(' ')
  return JSON.stringify(text).slice(1, -1).slice(0, 200)
}

/** `Basic` credentials: Kinto's basicauth takes any. */
export function basic(user: string): string {
  return `Basic ${Buffer.from(`${user}:secret`).toString('base64')}`
}

export function get(target: string, ...headers: string[]): Row {
  return { target, headers }
}

export function send(method: string, target: string, body: unknown, ...headers: string[]): Row {
  return {
    method,
    target,
    body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
    headers: ['Content-Type: application/json', ...headers]
  }
}

/** The same rows, changed. */
export function all(rows: readonly Row[], change: Row): Row[] {
  return rows.map(row => ({ ...row, ...change }))
}
