import { once } from 'node:events'

/** The memory of a process without garbage, in bytes. */
export interface Live {
  heap: number
  /** The buffers, which are outside of the heap. */
  buffers: number
}

/**
 * Lets the process collect its garbage, and asks what is left:
 * https://chromedevtools.github.io/devtools-protocol/v8/
 */
export async function measureLive(inspector: string): Promise<Live> {
  const socket = new WebSocket(inspector)
  await once(socket, 'open')
  try {
    await send(socket, 1, 'HeapProfiler.collectGarbage')
    const { usedSize, backingStorageSize } = await send(socket, 2, 'Runtime.getHeapUsage')
    return { heap: usedSize, buffers: backingStorageSize }
  } finally {
    const closed = once(socket, 'close')
    socket.close()
    await closed
  }
}

async function send(socket: WebSocket, id: number, method: string): Promise<any> {
  const answered = once(socket, 'message')
  socket.send(JSON.stringify({ id, method }))
  const [{ data }] = await answered
  return JSON.parse(data).result
}
