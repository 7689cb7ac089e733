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
 * @throws if the process ends meanwhile
 */
export async function measureLive(inspector: string): Promise<Live> {
  const socket = new WebSocket(inspector)
  const closed = once(socket, 'close')
  const next = async (type: 'open' | 'message'): Promise<MessageEvent> => {
    const [event] = await Promise.race([once(socket, type), closed])
    if (event.type !== type) throw new Error('The process has ended.')
    return event
  }
  const send = async (id: number, method: string): Promise<any> => {
    const answered = next('message')
    socket.send(JSON.stringify({ id, method }))
    const { data } = await answered
    return JSON.parse(data).result
  }
  await next('open')
  try {
    await send(1, 'HeapProfiler.collectGarbage')
    const { usedSize, backingStorageSize } = await send(2, 'Runtime.getHeapUsage')
    return { heap: usedSize, buffers: backingStorageSize }
  } finally {
    socket.close()
    await closed
  }
}
