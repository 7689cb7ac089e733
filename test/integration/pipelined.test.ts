import t from 'tap'
import { needsParts, realKinto } from '../helpers/real.ts'
import { headerValue, openRaw } from '../helpers/raw.ts'
import { startService } from '../helpers/service.ts'
import { startStepFunctions } from '../helpers/step-functions.ts'

const title =
  'requests behind an offer to change the protocol: as with Kinto, each has its response'

t.test(title, needsParts(title), async t => {
  const kinto = await realKinto(t)
  const service = await startService(t, kinto, await startStepFunctions(t))
  const ends = ' HTTP/1.1\r\nHost: kinto.example\r\n'
  const websocket = 'Connection: Upgrade\r\nUpgrade: websocket\r\n'
  const sent =
    `GET /v1/__version__${ends}${websocket}\r\n` +
    `POST /v1/buckets${ends}${websocket}Content-Length: 2\r\n\r\n{}` +
    `GET /v1/__lbheartbeat__${ends}\r\n` +
    `HEAD /v1/nowhere${ends}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n` +
    `GET /v1/__lbheartbeat__${ends}\r\n`
  const responses = await Promise.all(
    [kinto, service].map(async ({ url }) => {
      const client = await openRaw(t, url)
      client.write(sent)
      const found: unknown[] = []
      for (const bodyless of [false, false, false, true, false]) {
        const { status, headers, body } = await client.next({ bodyless })
        found.push([status, headerValue(headers, 'content-length'), body.toString()])
      }
      return found
    })
  )
  t.strictSame(responses[1], responses[0])
})
