import type { IncomingHttpHeaders } from 'node:http'
import { Client, Dispatcher } from 'undici'
import { KeptOpen, type KeptOpenTimes } from './kept-open.ts'
import { PassingHandler } from './passing-handler.ts'
import { isGone, isRepeatable } from './stale.ts'

/** undici's client has one connection, and makes it with its first request. */
interface Connection {
  client: Client
  isInUse: boolean
  /** When its last response ended, by `performance.now()`. */
  respondedAt: number
}

const never = -Infinity

export interface ConnectionPoolOptions {
  origin: string
  client: Client.Options
  keptOpenTimes: KeptOpenTimes
}

/**
 * The connections to Kinto, one request at a time on each. What can be repeated uses any that is
 * idle. All else, which would be lost on a connection that Kinto is just closing, uses one only if
 * Kinto has been seen to leave them open. It gets a new one otherwise; so does a request with
 * `reset`, which is the last one on its connection. Any other new one takes the place of the oldest
 * idle one: Kinto's server has few.
 */
export class ConnectionPool extends Dispatcher {
  readonly #options: ConnectionPoolOptions
  readonly #keptOpen: KeptOpen<Connection>
  readonly #all = new Set<Connection>()
  /** In the order of their last responses: the latest one is the least likely to be closed. */
  readonly #idle: Connection[] = []
  #isEnded = false

  constructor(options: ConnectionPoolOptions) {
    super()
    this.#options = options
    this.#keptOpen = new KeptOpen(options.keptOpenTimes)
  }

  override dispatch(
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler
  ): boolean {
    return this.#send(this.#takeIdle(options) ?? this.#connectFor(options), options, handler)
  }

  /** Ends all connections. The requests on them fail, and so do later ones. */
  async end(): Promise<void> {
    this.#isEnded = true
    await Promise.all([...this.#all].map(({ client }) => client.destroy()))
  }

  #send(
    connection: Connection,
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler
  ): boolean {
    const { client, respondedAt } = connection
    const wasUsed = respondedAt !== never
    return client.dispatch(
      options,
      new SendingHandler(handler, {
        end: () => {
          this.#release(connection)
        },
        fail: (error, hasBegun) => {
          this.#end(connection)
          // The connection was reset before undici wrote anything.
          const sendAgain = wasUsed && !hasBegun && isGone(error)
          if (sendAgain) this.#send(this.#connect(), options, handler)
          return sendAgain
        }
      })
    )
  }

  #takeIdle(options: Dispatcher.DispatchOptions): Connection | undefined {
    const latest = this.#idle.at(-1)
    if (latest === undefined || options.reset === true) return undefined
    if (!isRepeatable(options) && !this.#keptOpen.mayUse(latest.respondedAt)) return undefined
    this.#idle.pop()
    latest.isInUse = true
    return latest
  }

  #connectFor({ reset }: Dispatcher.DispatchOptions): Connection {
    const connection = this.#connect()
    const [oldest] = this.#idle
    if (oldest !== undefined && reset !== true) this.#end(oldest)
    return connection
  }

  #connect(): Connection {
    const { origin, client: clientOptions } = this.#options
    const client = new Client(origin, clientOptions)
    const connection: Connection = { client, isInUse: true, respondedAt: never }
    this.#all.add(connection)
    client.on('disconnect', (_origin, _targets, error) => {
      if (isGone(error)) this.#keptOpen.endedUnannounced(connection.respondedAt)
      // A client makes a new connection for a request that was not sent yet.
      if (!connection.isInUse) this.#end(connection)
    })
    if (this.#isEnded) void client.destroy()
    return connection
  }

  #release(connection: Connection): void {
    connection.isInUse = false
    connection.respondedAt = performance.now()
    const rests = this.#keptOpen.watch(connection, () => {
      this.#idle.unshift(connection)
    })
    if (!rests) this.#idle.push(connection)
  }

  #end(connection: Connection): void {
    this.#all.delete(connection)
    const at = this.#idle.indexOf(connection)
    if (at >= 0) this.#idle.splice(at, 1)
    this.#keptOpen.gone(connection, this.#all.size)
    void connection.client.destroy()
  }
}

interface Outcomes {
  end: () => void
  /**
   * `hasBegun`: something of the request may have been sent.
   * @returns whether the request is sent again, so that there is no error to tell
   */
  fail: (error: Error, hasBegun: boolean) => boolean
}

/** Tells once how a request ended. */
class SendingHandler extends PassingHandler {
  readonly #outcomes: Outcomes
  #hasBegun = false
  #isOver = false

  constructor(handler: Dispatcher.DispatchHandler, outcomes: Outcomes) {
    super(handler)
    this.#outcomes = outcomes
  }

  override onRequestStart(controller: Dispatcher.DispatchController, context: unknown): void {
    this.#hasBegun = true
    super.onRequestStart(controller, context)
  }

  override onResponseEnd(
    controller: Dispatcher.DispatchController,
    trailers: IncomingHttpHeaders
  ): void {
    this.#isOver = true
    this.#outcomes.end()
    super.onResponseEnd(controller, trailers)
  }

  // undici tells of an error too when a handler throws at the end.
  override onResponseError(controller: Dispatcher.DispatchController, error: Error): void {
    const isAgain = !this.#isOver && this.#outcomes.fail(error, this.#hasBegun)
    this.#isOver = true
    if (!isAgain) super.onResponseError(controller, error)
  }
}
