import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { RecordStore } from '../../test/helpers/record-store.ts'

export interface ScriptedKinto {
  url: string
  store: RecordStore
  /** The number of requests so far. */
  count: () => number
  close: () => void
}

/** Starts a Kinto in this process, with so little work that it bears a thousand answers at once. */
export async function startScriptedKinto(): Promise<ScriptedKinto> {
  const store = new RecordStore()
  let requests = 0
  const server = createServer((request, response) => {
    requests++
    void serve(store, request, response)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    store,
    count: () => requests,
    close: () => {
      server.close()
      server.closeAllConnections()
    }
  }
}

async function serve(
  store: RecordStore,
  request: IncomingMessage,
  response: ServerResponse
): Promise<void> {
  const { method = '', url = '', headers } = request
  const {
    status,
    headers: answered,
    body
  } = store.answer(method, url, name => headers[name]?.toString(), await text(request))
  response
    .writeHead(status, [
      ...answered,
      'Content-Type',
      'application/json',
      'Content-Length',
      String(Buffer.byteLength(body))
    ])
    .end(body)
}
