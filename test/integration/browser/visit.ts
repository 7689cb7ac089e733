import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'
import { openPage } from './chromium.ts'

/** A request that a script of the page sends with `fetch`. */
export interface PageRequest {
  url: string
  init?: RequestInit
}

/** What the script sees of it: a response, or only that there is none for it. */
export type Seen =
  | { status: number; headers: Record<string, string>; body: any }
  | { refused: string }

/**
 * Serves the page, on a port of its own.
 * @returns its origin, and a function that opens the page and resolves with what it saw of each
 * request
 */
export async function startPage(
  t: Test
): Promise<{ origin: string; visit: (requests: PageRequest[]) => Promise<Seen[]> }> {
  const html = await readFile(new URL('page.html', import.meta.url))
  let plan: PageRequest[] = []
  const reported = Promise.withResolvers<Seen[]>()
  const server = createServer((request, response) => {
    if (request.url === '/') response.setHeader('content-type', 'text/html').end(html)
    else if (request.url === '/plan') response.end(JSON.stringify(plan))
    else if (request.url === '/saw') {
      response.end()
      reported.resolve(text(request).then(report => JSON.parse(report)))
    } else response.writeHead(404).end()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    async visit(requests) {
      plan = requests
      const chromium = openPage(origin)
      t.teardown(() => chromium.stop())
      const ended = chromium.exited.then(() => {
        throw new Error(`Chromium ended before the page reported:\n${chromium.log()}`)
      })
      return await Promise.race([reported.promise, ended])
    }
  }
}
