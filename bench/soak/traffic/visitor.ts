import type { Random } from '../random.ts'
import { articles, steps } from '../stage/kinto.ts'
import type { Client } from './client.ts'
import type { Request } from './exchange.ts'

/** Requests of anybody, each with the status that must come. */
const visits: readonly Request[] = [
  { kind: 'GET root view', method: 'GET', path: '/v1/', user: 'alice', expected: [200] },
  // The heartbeat says 503 when a part is away
  { kind: 'GET heartbeat', method: 'GET', path: '/__heartbeat__', expected: [200, 503] },
  { kind: 'GET OpenAPI', method: 'GET', path: '/__api__', expected: [200] },
  {
    kind: 'OPTIONS',
    method: 'OPTIONS',
    path: `${steps}/records`,
    headers: { origin: 'https://dashboard.example', 'access-control-request-method': 'GET' },
    expected: [200]
  },
  { kind: 'GET nothing', method: 'GET', path: '/nothing', expected: [404] },
  {
    kind: 'GET, forbidden',
    method: 'GET',
    path: `${articles}/records`,
    user: 'mallory',
    expected: [403]
  },
  { kind: 'GET, not logged in', method: 'GET', path: `${articles}/records`, expected: [401] },
  {
    kind: 'PUT, forbidden',
    method: 'PUT',
    path: `${articles}/records/mallory`,
    user: 'mallory',
    body: { data: {} },
    expected: [403]
  }
]

/** Sends one of these requests. */
export async function visit(client: Client, random: Random): Promise<void> {
  await client.ask(random.pick(visits))
}
