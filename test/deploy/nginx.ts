import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect, type TLSSocket } from 'node:tls'
import { once } from 'node:events'
import type { Test } from 'tap'
import { Agent, request, type Dispatcher } from 'undici'
import { banner } from '../../demo/parts/banner.ts'
import { makeRunFolder, projectFolder } from '../../demo/parts/folder.ts'
import { startPart } from '../../demo/parts/process.ts'
import { findProgram } from '../../demo/parts/programs.ts'
import { freePort, untilReady } from '../../demo/parts/ready.ts'
import { startKinto, type ScriptedKinto } from '../helpers/kinto.ts'
import { RawConnection, type RawAnswer } from '../helpers/raw.ts'
import { selfSigned } from '../helpers/tls.ts'

export interface Nginx {
  url: string
  log: () => string
  request: (
    path: string,
    options?: Omit<Dispatcher.RequestOptions, 'path' | 'origin' | 'method'> & {
      method?: Dispatcher.HttpMethod
    }
  ) => Promise<Dispatcher.ResponseData>
  /** Writes `text` on a connection of its own, and reads one response. */
  raw: (text: string) => Promise<RawAnswer>
}

/** A path of a record. */
export const record = '/v1/buckets/b/collections/c/records/r'

/** A server whose responses say its name. */
export function named(t: Test, name: string): Promise<ScriptedKinto> {
  return startKinto(t, (_request, response) => {
    response.setHeader('x-name', name).end(name)
  })
}

/**
 * Options of a test on the real nginx, which the project cannot install. Without nginx the test is
 * skipped, and a banner says so.
 */
export function needsNginx(subject: string): { skip: string | false } {
  if (findNginx() !== undefined) return { skip: false }
  process.stderr.write(
    banner([`NOT TESTED: ${subject}.`, 'nginx is not installed. Debian: apt install nginx'])
  )
  return { skip: 'nginx is not installed' }
}

/** The path of nginx. It is undefined where there is none. */
export function findNginx(): string | undefined {
  return findProgram('nginx')
}

/** Starts an example of deploy/ as it is, but for its addresses and the certificate. */
export async function startNginx(
  t: Test,
  example: 'nginx.conf' | 'nginx-split.conf',
  servers: { service: { url: string }; kinto?: { url: string } }
): Promise<Nginx> {
  const folder = makeRunFolder('nginx')
  const { cert, key } = selfSigned('127.0.0.1')
  const port = await freePort()
  const edits: [string, string][] = [
    ['listen      443 ssl', `listen 127.0.0.1:${port} ssl`],
    ['/etc/nginx/kinto/nginx-common.conf', `"${join(folder, 'common.conf')}"`],
    ['127.0.0.1:8889', new URL(servers.service.url).host],
    ...(servers.kinto === undefined
      ? []
      : [['127.0.0.1:8888', new URL(servers.kinto.url).host] satisfies [string, string]])
  ]
  write(folder, 'tls.crt', cert)
  write(folder, 'tls.key', key)
  write(
    folder,
    'common.conf',
    edited('nginx-common.conf', [
      ['/etc/nginx/kinto/tls.crt', `"${join(folder, 'tls.crt')}"`],
      ['/etc/nginx/kinto/tls.key', `"${join(folder, 'tls.key')}"`]
    ])
  )
  write(folder, 'example.conf', edited(example, edits))
  write(folder, 'main.conf', main(folder))
  const part = startPart({
    name: 'nginx',
    command: findNginx() ?? '',
    args: ['-p', folder, '-e', 'stderr', '-c', 'main.conf'],
    env: {},
    folder
  })
  t.teardown(() => part.stop())
  const agent = new Agent({ connect: { ca: cert }, maxHeaderSize: 256 * 1024 })
  t.teardown(() => agent.close())
  const url = `https://127.0.0.1:${port}`
  const open = async (): Promise<TLSSocket> => {
    const socket = connect({ host: '127.0.0.1', port, ca: cert })
    await once(socket, 'secureConnect')
    return socket
  }
  await untilReady(part, () =>
    open().then(
      socket => {
        socket.destroy()
        return true
      },
      () => undefined
    )
  )
  return {
    url,
    log: part.log,
    request: (path, options = {}) => request(`${url}${path}`, { dispatcher: agent, ...options }),
    async raw(text) {
      const connection = new RawConnection(await open())
      connection.write(text)
      const answer = await connection.next({ bodyless: text.startsWith('HEAD') })
      connection.socket.destroy()
      return answer
    }
  }
}

/**
 * An example's text with each of `edits` made.
 * @throws if one finds nothing, for then the example has changed
 */
function edited(example: string, edits: readonly [string, string][]): string {
  let text = readFileSync(join(projectFolder, 'deploy', example), 'utf8')
  for (const [from, to] of edits) {
    if (!text.includes(from)) throw new Error(`${example} has no "${from}"`)
    text = text.replaceAll(from, to)
  }
  return text
}

function write(folder: string, name: string, text: string): void {
  writeFileSync(join(folder, name), text, { mode: 0o600 })
}

// One process, with the user that runs the tests.
function main(folder: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    name => `${name}_temp_path "${join(folder, name)}";`
  )
  return `daemon off; master_process off; pid "${join(folder, 'nginx.pid')}";
events {}
http { access_log off; ${temporary.join(' ')} include "${join(folder, 'example.conf')}"; }
`
}
