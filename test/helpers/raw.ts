import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { once } from 'node:events'
import type { Test } from 'tap'

export interface RawAnswer {
  status: number
  statusLine: string
  /** A flat list of names and values, as they came. */
  headers: string[]
  body: Buffer
}

/** A connection on which a test writes text that no HTTP client would send. */
export class RawConnection {
  readonly socket: Socket
  #received: Buffer = Buffer.alloc(0)

  constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', chunk => {
      this.#received = Buffer.concat([this.#received, chunk])
    })
    socket.on('error', () => {})
  }

  /** Writes `text` in Latin-1, so that each character is one byte. */
  write(text: string | Buffer): void {
    this.socket.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text)
  }

  /**
   * The next response on the connection. Say `bodyless` if it is for a HEAD.
   * @throws when the other side closes before it is whole
   */
  async next({ bodyless = false } = {}): Promise<RawAnswer> {
    for (;;) {
      const parsed = parse(
        this.#received,
        bodyless,
        this.socket.readableEnded || this.socket.destroyed
      )
      if (parsed !== undefined) {
        this.#received = parsed.rest
        return parsed.answer
      }
      if (this.socket.destroyed || this.socket.readableEnded)
        throw new Error(`The connection ended after: ${this.#received.toString('latin1')}`)
      await change(this.socket)
    }
  }

  /**
   * Resolves when the other side has ended the connection.
   * @returns what came since the last response
   */
  async ended(): Promise<string> {
    while (!this.socket.destroyed && !this.socket.readableEnded) await change(this.socket)
    return this.#received.toString('latin1')
  }
}

export async function openRaw(t: Test, url: string): Promise<RawConnection> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  t.teardown(() => socket.destroy())
  const connection = new RawConnection(socket)
  await once(socket, 'connect')
  return connection
}

/** Sends one request on a connection of its own, and reads its response. */
export async function sendRaw(
  t: Test,
  url: string,
  text: string | Buffer,
  options?: { bodyless?: boolean }
): Promise<RawAnswer> {
  const connection = await openRaw(t, url)
  connection.write(text)
  const answer = await connection.next(options)
  connection.socket.destroy()
  return answer
}

/** A server below HTTP. `script` gets every connection with its number, from 1. */
export async function listenRaw(
  t: Test,
  script: (connection: RawServed, number: number) => void
): Promise<{ url: string; connections: () => number }> {
  let count = 0
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => {})
    count += 1
    script(new RawServed(socket), count)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => count
  }
}

/** The server's side of a connection, for bodyless requests. */
export class RawServed {
  readonly socket: Socket

  constructor(socket: Socket) {
    this.socket = socket
  }

  /** Calls `answer` with each request's head and its number on this connection, from 1. */
  onRequest(answer: (head: string, number: number) => void): void {
    let text = ''
    let count = 0
    this.socket.on('data', chunk => {
      text += chunk.toString('latin1')
      for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
        const head = text.slice(0, end)
        text = text.slice(end + 4)
        count += 1
        answer(head, count)
      }
    })
  }
}

export function headerValue(headers: readonly string[], name: string): string | undefined {
  const index = headers.findIndex(
    (text, at) => at % 2 === 0 && text.toLowerCase() === name.toLowerCase()
  )
  return index < 0 ? undefined : headers[index + 1]
}

async function change(socket: Socket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const events = ['data', 'end', 'close'] as const
  for (const event of events) socket.on(event, resolve)
  await promise
  for (const event of events) socket.off(event, resolve)
}

function parse(
  received: Buffer,
  bodyless: boolean,
  ended: boolean
): { answer: RawAnswer; rest: Buffer } | undefined {
  const headEnd = received.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const [statusLine = '', ...lines] = received.subarray(0, headEnd).toString('latin1').split('\r\n')
  const headers = lines.flatMap(line => [
    line.slice(0, line.indexOf(':')),
    line.slice(line.indexOf(':') + 1).trim()
  ])
  const status = Number(statusLine.split(' ')[1])
  const after = received.subarray(headEnd + 4)
  const answer = (body: Buffer, rest: Buffer): { answer: RawAnswer; rest: Buffer } => ({
    answer: { status, statusLine, headers, body },
    rest
  })
  if (bodyless || status < 200 || status === 204 || status === 304)
    return answer(Buffer.alloc(0), after)
  if (headerValue(headers, 'transfer-encoding') === 'chunked') return dechunk(after, answer)
  const length = headerValue(headers, 'content-length')
  if (length === undefined) return ended ? answer(after, Buffer.alloc(0)) : undefined
  return after.length < Number(length)
    ? undefined
    : answer(after.subarray(0, Number(length)), after.subarray(Number(length)))
}

function dechunk<T>(bytes: Buffer, done: (body: Buffer, rest: Buffer) => T): T | undefined {
  const chunks: Buffer[] = []
  for (let at = 0; ;) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd < 0) return undefined
    const size = Number.parseInt(bytes.subarray(at, lineEnd).toString('latin1'), 16)
    if (bytes.length < lineEnd + 4 + size) return undefined
    if (size === 0) return done(Buffer.concat(chunks), bytes.subarray(lineEnd + 4))
    chunks.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size))
    at = lineEnd + 4 + size
  }
}
