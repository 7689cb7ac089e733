import { pino } from 'pino'
import type { Test } from 'tap'
import { Views, type ViewRequest } from '../../../src/gateway/announce/views.ts'
import { createUpstream } from '../../../src/kinto/upstream.ts'
import { Health } from '../../../src/stepfunctions/health.ts'
import { SdkClients } from '../../../src/stepfunctions/sdk.ts'
import { startKinto, type KintoHandler, type ScriptedKinto } from '../../helpers/kinto.ts'
import { credentials } from '../../helpers/step-functions.ts'

const headers = [
  'Host',
  'kinto.example',
  'Authorization',
  'Basic YTpi',
  'accept-encoding',
  'gzip',
  'Origin',
  'https://a.example',
  'Content-Type',
  'text/plain',
  'Content-Length',
  '3'
]

/** A request for each view. */
export const requests: Record<ViewRequest['view'], ViewRequest> = {
  root: { view: 'root', target: '/v1/?a=%20', headers, timeLeft: () => 5000 },
  heartbeat: { view: 'heartbeat', target: '/v1/__heartbeat__', headers, timeLeft: () => 5000 },
  openapi: { view: 'openapi', target: '/v1/__api__', headers, timeLeft: () => 5000 }
}

/** The views, and the Kinto and the log behind them. */
export async function announced(
  t: Test,
  handler: KintoHandler,
  endpoint?: string
): Promise<{ kinto: ScriptedKinto; views: Views; log: string[] }> {
  const kinto = await startKinto(t, handler)
  const upstream = createUpstream({ origin: kinto.url, timeoutMs: 5000 })
  t.teardown(() => upstream.close())
  const lines: string[] = []
  const log = pino(
    {},
    {
      write: line => {
        lines.push(line)
      }
    }
  )
  const health = new Health(new SdkClients({ credentials, timeoutMs: 1000 }), {
    endpoint,
    regions: [],
    log
  })
  const resources = [{ bucket: 'reviews' }, { bucket: 'addons', collection: 'steps' }]
  return {
    kinto,
    views: new Views({
      kinto: { dispatcher: upstream.dispatcher, origin: kinto.url, timeoutMs: 5000 },
      health,
      resources,
      log
    }),
    log: lines
  }
}

/** A Kinto with this response, and with the headers that all its responses have. */
export function says(status: number, body: string | Buffer, more: string[] = []): KintoHandler {
  return (_request, response) => {
    response
      .writeHead(status, [
        'Content-Type',
        'application/json',
        'X-Content-Type-Options',
        'nosniff',
        'Content-Length',
        String(Buffer.byteLength(body)),
        ...more
      ])
      .end(body)
  }
}
