import { once } from 'node:events'
import { createServer, request as send, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { Test } from 'tap'

/** A request as it passed by. */
interface Passing {
  method: string
  url: string
  body: string
  /** Of Kinto's response. Both are 0 until it is there. */
  status: number
  bytes: number
}

export interface KintoProxy {
  url: string
  /** All that passed, in order. */
  passed: Passing[]
  /**
   * Called before a request goes to Kinto, and may change Kinto meanwhile. `cut` cuts the
   * connection instead.
   */
  before: (request: Passing) => Promise<'cut' | undefined> | 'cut' | undefined
  /** Called when Kinto's response is there. `cut` loses that response. */
  after: (request: Passing) => Promise<'cut' | undefined> | 'cut' | undefined
}

/** A proxy in front of a real Kinto. It records requests, and can act between two of them. */
export async function startKintoProxy(t: Test, kinto: { url: string }): Promise<KintoProxy> {
  const proxy: KintoProxy = { url: '', passed: [], before: () => undefined, after: () => undefined }
  const server = createServer((request, response) => {
    void (async () => {
      const { method = '', url = '', headers } = request
      const body = await buffer(request)
      const passing = { method, url, body: body.toString(), status: 0, bytes: 0 }
      proxy.passed.push(passing)
      if ((await proxy.before(passing)) === 'cut') return void response.destroy()
      const forwarded = send(new URL(url, kinto.url), { method, headers, agent: false })
      forwarded.end(body)
      const [answer] = (await once(forwarded, 'response')) as [IncomingMessage]
      const bytes = await buffer(answer)
      passing.status = answer.statusCode ?? 0
      passing.bytes = bytes.length
      if ((await proxy.after(passing)) === 'cut') return void response.destroy()
      response.writeHead(passing.status, answer.headers).end(bytes)
    })().catch(() => response.destroy())
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  proxy.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return proxy
}
