import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import {
  createServer as createTlsServer,
  getCACertificates,
  setDefaultCACertificates
} from 'node:tls'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { Health } from '../../src/stepfunctions/health.ts'
import { createLog } from '../../src/log.ts'
import type { Proxies } from '../../src/stepfunctions/sdk.ts'
import { credentials, region, startStepFunctions } from '../helpers/step-functions.ts'
import { selfSigned } from '../helpers/tls.ts'
import { clientsOf, failure, send } from './sdk-clients.ts'

interface Proxy {
  /** With a user and a password in it. */
  url: string
  /** What it was asked for, and by whom. */
  asked: { target: string | undefined; by: string | undefined }[]
}

/** A forward proxy (RFC 9110 §9.3.6). With a status other than 200 it refuses. */
async function startProxy(t: Test, status = 200): Promise<Proxy> {
  const asked: Proxy['asked'] = []
  const sockets: Socket[] = []
  const server = createServer()
  server.on('connect', ({ url = '', headers }: IncomingMessage, socket: Socket) => {
    asked.push({ target: url, by: headers['proxy-authorization'] })
    sockets.push(socket.on('error', () => {}))
    if (status !== 200) {
      socket.end(`HTTP/1.1 ${status} No\r\n\r\n`)
      return
    }
    const { hostname, port } = new URL(`http://${url}`)
    const target = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      socket.pipe(target).pipe(socket)
    })
    sockets.push(target.on('error', () => socket.destroy()))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://reviewer:hunter2@127.0.0.1:${port}`, asked }
}

/** Step Functions by TLS, with a certificate that this process trusts. */
async function startSecure(t: Test): Promise<{ url: string; host: string; token: () => string }> {
  const sfn = await startStepFunctions(t)
  const certificate = selfSigned('localhost')
  const trusted = getCACertificates('default')
  t.teardown(() => {
    setDefaultCACertificates(trusted)
  })
  setDefaultCACertificates([...trusted, certificate.cert])
  const sockets: Socket[] = []
  const server = createTlsServer(certificate, socket => {
    const inner = connect(Number(new URL(sfn.url).port), '127.0.0.1')
    sockets.push(
      inner.on('error', () => {}),
      socket.on('error', () => {})
    )
    socket.pipe(inner).pipe(socket)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const host = `localhost:${(server.address() as AddressInfo).port}`
  return { url: `https://${host}`, host, token: () => sfn.waitCallback().taskToken }
}

const by = `Basic ${Buffer.from('reviewer:hunter2').toString('base64')}`
const ms = 20_000

t.test('calls and looks go through the proxy, but for the hosts that need none', async t => {
  const { url, host, token } = await startSecure(t)
  const rows: [string, (proxy: string) => Proxies, boolean][] = [
    ['a proxy', https_proxy => ({ https_proxy }), true],
    ['for other hosts', https_proxy => ({ https_proxy, no_proxy: 'localhost' }), false],
    ['but not for others', https_proxy => ({ https_proxy, no_proxy: '.example.com' }), true],
    ['none', () => ({}), false]
  ]
  for (const [title, proxies, isUsed] of rows)
    await t.test(title, async t => {
      const proxy = await startProxy(t)
      const settings = { endpoint: url, proxies: proxies(proxy.url) }
      const clients = clientsOf(t, settings)
      const once = isUsed ? [{ target: host, by }] : []
      await send(clients, token(), region, ms)
      t.strictSame(proxy.asked, once)
      const health = new Health(clients, {
        ...settings,
        regions: [],
        log: pino({ level: 'silent' })
      })
      t.strictSame(await health.check(), { credentials: true, endpoint: true })
      t.strictSame(proxy.asked, [...once, ...once])
    })
})

t.test(
  'a proxy that refuses, or is away: nothing was reported, and no password is told',
  async t => {
    const { url, token } = await startSecure(t)
    const refusing = await startProxy(t, 407)
    for (const [https_proxy, code] of [
      [refusing.url, 'ERR_PROXY_TUNNEL'],
      ['http://reviewer:hunter2@127.0.0.1:1', 'ECONNREFUSED']
    ] as const) {
      const clients = clientsOf(t, { endpoint: url, proxies: { https_proxy } })
      const error = await failure(send(clients, token(), region, ms))
      t.match(error, { fault: 'unsent', code })
      const lines: string[] = []
      createLog('info', { write: line => void lines.push(line) }).warn({ err: error }, 'failed')
      t.notMatch(lines.join(), /hunter2/)
    }
  }
)

t.test('an endpoint in plain HTTP, as emulators have, needs none', async t => {
  const sfn = await startStepFunctions(t)
  const proxy = await startProxy(t)
  const clients = clientsOf(t, {
    endpoint: sfn.url,
    credentials,
    proxies: { https_proxy: proxy.url }
  })
  await send(clients, sfn.waitCallback().taskToken, region, ms)
  t.strictSame(proxy.asked, [])
})
