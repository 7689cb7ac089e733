import type { Server, Socket } from 'node:net'
import { Turns } from '../../wait.ts'

// Some 10 ms. Node cannot stop in the middle of what it has read from a connection: 64 KiB, with
// 10,922 pieces at most.
const mostInTurn = 4_096

/**
 * Small pieces of bodies, of all connections of the process. Each costs Node some microseconds,
 * however small it is, and in one turn of the event loop it reads from every connection that has
 * sent something. Here a turn ends for all of them when it has had its pieces: the others are read
 * in the next one. Those that are known to send small pieces are read one in a turn, so that they
 * do not stand before the others.
 */
class PieceTurns {
  readonly #connections = new Set<Socket>()
  readonly #turns = new Turns()
  readonly #stopped = new Set<Socket>()
  #inTurn = 0

  /** Follows the connections of a server. */
  watch(server: Server): void {
    server.on('connection', socket => {
      this.#connections.add(socket)
      socket.once('close', () => {
        this.#connections.delete(socket)
        this.#stopped.delete(socket)
      })
      // Node reads on by itself behind a request that is whole.
      socket.on('resume', () => {
        if (this.#isSpent) this.#stop(socket)
      })
    })
  }

  /**
   * Counts a small piece of a connection.
   * @returns whether the connection may be read on in this turn; Node stops it if not
   */
  count(socket: Socket): boolean {
    if (this.#inTurn === 0) setImmediate(this.#end)
    this.#inTurn += 1
    if (this.#inTurn === mostInTurn) {
      for (const other of this.#connections) {
        if (other !== socket && !other.isPaused()) this.#stop(other)
      }
    }
    return !this.#isSpent
  }

  /** Resolves when it is the turn of the next connection that sends small pieces. */
  next(): Promise<void> {
    return this.#turns.next()
  }

  get #isSpent(): boolean {
    return this.#inTurn >= mostInTurn
  }

  #stop(socket: Socket): void {
    socket.pause()
    this.#stopped.add(socket)
  }

  readonly #end = (): void => {
    this.#inTurn = 0
    for (const socket of this.#stopped) socket.resume()
    this.#stopped.clear()
  }
}

/** The event loop is one for all servers of a process. */
export const pieceTurns = new PieceTurns()
