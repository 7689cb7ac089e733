import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { startService } from '../demo/parts/service.ts'
import { startKinto } from './helpers/kinto.ts'

// Node's own limit is 511: https://nodejs.org/api/net.html#serverlisten
const burst = 1_500

function systemLimit(): number {
  try {
    return Number(readFileSync('/proc/sys/net/core/somaxconn', 'utf8'))
  } catch {
    return 0
  }
}

const skip = systemLimit() > burst ? false : `the system lets fewer than ${burst} wait`

t.test(
  'a burst of clients, while the service is busy: none has to come again',
  { skip },
  async t => {
    const kinto = await startKinto(t, (_request, response) => {
      response.end('fine')
    })
    const service = await startService({ env: { STEPFUNCTION_KINTO_URL: kinto.url } })
    t.teardown(() => service.stop())
    for (const url of [service.url, service.adminUrl])
      await t.test(url === service.url ? 'for Kinto' : 'for the operator', async t => {
        const { hostname, port } = new URL(url)
        const clients: Socket[] = []
        t.teardown(() => {
          for (const client of clients) client.destroy()
        })
        service.kill('SIGSTOP')
        // One that finds no place would try again a second later, and find none then.
        const connected = Array.from({ length: burst }, async () => {
          const client = connect(Number(port), hostname)
          clients.push(client)
          await once(client, 'connect')
        })
        await Promise.all(connected)
        service.kill('SIGCONT')
        const responses = clients.map(async client => {
          client.write('GET /live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
          return await text(client)
        })
        for (const response of await Promise.all(responses))
          if (!response.startsWith('HTTP/1.1 200 ')) t.fail(response)
      })
  }
)
