import { once } from 'node:events'
import { connect } from 'node:net'
import { RawConnection, type RawAnswer } from '../../helpers/raw.ts'
import { onTheWire, type Row } from './row.ts'

/** All that a client saw. `status` is 0 if the connection ended without a response. */
export interface Answer extends RawAnswer {
  /** The statuses of the interim responses before it. */
  interim: number[]
}

const patience = 15_000

/** Sends one request on a connection of its own. */
export async function exchange(url: string, row: Row): Promise<Answer> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  const connection = new RawConnection(socket)
  await once(socket, 'connect')
  const timer = setTimeout(() => socket.destroy(), patience)
  try {
    const { head, body } = onTheWire(row)
    connection.write(row.waits === true ? head : Buffer.concat([head, body]))
    const interim: number[] = []
    for (;;) {
      const answer = await connection.next({ bodyless: row.method === 'HEAD' })
      if (answer.status >= 200) return { ...answer, interim }
      interim.push(answer.status)
      if (row.waits === true) connection.write(body)
    }
  } catch (error) {
    return { status: 0, statusLine: String(error), headers: [], body: Buffer.alloc(0), interim: [] }
  } finally {
    clearTimeout(timer)
    socket.destroy()
  }
}
