import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeRunFolder } from '../../demo/parts/folder.ts'
import { freePort } from '../../demo/parts/ready.ts'
import { launch } from '../parts/launch.ts'
import type { Launched } from '../parts/launch.ts'
import { tool } from '../parts/tools.ts'

/** Starts haproxy with one thread. It shares its upstream connections among all clients. */
export async function startHaproxy(
  upstream: string,
  cores: string,
  ready: string
): Promise<Launched> {
  const folder = makeRunFolder('haproxy')
  const port = await freePort()
  writeFileSync(
    join(folder, 'haproxy.cfg'),
    `
global
  nbthread 1
  maxconn 8192
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  http-reuse always
frontend clients
  bind 127.0.0.1:${port}
  default_backend kinto
backend kinto
  server kinto ${new URL(upstream).host}
`
  )
  return await launch({
    name: 'haproxy',
    command: [tool('haproxy'), '-db', '-f', 'haproxy.cfg'],
    cores,
    folder,
    url: `http://127.0.0.1:${port}`,
    ready
  })
}
