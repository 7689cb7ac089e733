import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { SendTaskSuccessCommand } from '@aws-sdk/client-sfn'
import t, { type Test } from 'tap'
import type { Fault } from '../../src/stepfunctions/errors.ts'
import type { StepFunctionsSettings } from '../../src/stepfunctions/sdk.ts'
import { credentials, region, startStepFunctions } from '../helpers/step-functions.ts'
import { selfSigned } from '../helpers/tls.ts'
import { clientsOf, failure, send } from './sdk-clients.ts'

/** The port of a server that does this with each connection. */
async function listening(t: Test, server = createServer()): Promise<number> {
  const sockets: Socket[] = []
  server.on('connection', (socket: Socket) => sockets.push(socket.on('error', () => {})))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

// Only what hangs is to take all of its time.
const timeFor = (code: RegExp): number =>
  code.test('AbortError') && code.source !== '.' ? 1_500 : 20_000

const hangUp = (socket: Socket): unknown => socket.once('data', () => socket.end())
const reset = (socket: Socket): unknown => socket.once('data', () => socket.resetAndDestroy())

const key = (accessKeyId: string): Partial<StepFunctionsSettings> => ({
  endpoint: 'http://127.0.0.1:1',
  credentials: { ...credentials, accessKeyId }
})

t.test('what fails before anything is on the wire was not reported', async t => {
  const silent = `https://127.0.0.1:${await listening(t)}`
  const hasty = `https://127.0.0.1:${await listening(t, createServer(hangUp))}`
  const rude = `https://127.0.0.1:${await listening(t, createServer(reset))}`
  const plain = await listening(
    t,
    createServer(socket => socket.end('HTTP/1.1 200 OK\r\n\r\n'))
  )
  const unknown = await listening(t, createTlsServer(selfSigned('127.0.0.1')))
  const other = await listening(t, createTlsServer(selfSigned('example.com')))
  const rows: [string, Partial<StepFunctionsSettings>, Fault, RegExp, string?][] = [
    ['a key with a line break', key('AKID\n'), 'unsendable', /^ERR_INVALID_CHAR$/],
    ['a key with a letter that no header takes', key('AKI中'), 'unsendable', /^ERR_INVALID_CHAR$/],
    ['an endpoint that is no URL', { endpoint: 'none' }, 'unsendable', /./],
    ['a port that is none', { endpoint: 'http://127.0.0.1:70000' }, 'unsendable', /./],
    ['a region that is none', {}, 'unsendable', /./, 'us west'],
    ['nobody listens', { endpoint: 'http://127.0.0.1:1' }, 'unsent', /^ECONNREFUSED$/],
    ['nobody listens at any address', { endpoint: 'http://localhost:1' }, 'unsent', /^ECONN/],
    ['no such host', { endpoint: 'http://nobody.invalid' }, 'unsent', /^E(NOTFOUND|AI_AGAIN)$/],
    ['hung up during the handshake', { endpoint: hasty }, 'unsent', /^ECONNRESET$/],
    ['reset during the handshake', { endpoint: rude }, 'unsent', /^ECONNRESET$/],
    ['no handshake in time', { endpoint: silent }, 'unsent', /^AbortError$/],
    ['TLS to a server without', { endpoint: `https://127.0.0.1:${plain}` }, 'unsent', /./],
    [
      'a certificate that nobody vouches for',
      { endpoint: `https://127.0.0.1:${unknown}` },
      'unsent',
      /^DEPTH_ZERO_SELF_SIGNED_CERT$/
    ],
    [
      'a certificate for another name',
      { endpoint: `https://127.0.0.1:${other}` },
      'unsent',
      /^(DEPTH_ZERO_SELF_SIGNED_CERT|ERR_TLS_CERT_ALTNAME_INVALID)$/
    ]
  ]
  for (const [title, settings, fault, code, from = region] of rows)
    await t.test(title, async t => {
      const error = await failure(send(clientsOf(t, settings), 'x', from, timeFor(code)))
      t.match(error, { fault, code, retryHelps: fault === 'unsent' })
      t.notMatch(String(error), /AKI/)
    })
})

t.test('an input that cannot be written as JSON', async t => {
  const clients = clientsOf(t, { endpoint: 'http://127.0.0.1:1' })
  const round: Record<string, unknown> = {}
  round['round'] = round
  const command = new SendTaskSuccessCommand({ taskToken: round as never, output: '{}' })
  const error = await failure(
    clients.call<unknown>(
      region,
      AbortSignal.timeout(20_000),
      async client => await client.send(command)
    )
  )
  t.match(error, { fault: 'unsendable' })
})

t.test('time that is up before there is a request', async t => {
  const clients = clientsOf(t, { endpoint: 'http://127.0.0.1:1' })
  const error = await failure(
    clients.call<unknown>(
      region,
      AbortSignal.abort(),
      async (client, options) =>
        await client.send(new SendTaskSuccessCommand({ taskToken: 'x', output: '{}' }), options)
    )
  )
  t.match(error, { fault: 'unsent', retryHelps: true })
})

t.test('what fails after something is on the wire is not known', async t => {
  const hasty = await listening(t, createServer(hangUp))
  const rude = await listening(t, createServer(reset))
  const silent = await listening(t)
  const garbled = createServer(socket => socket.once('data', () => socket.end('no HTTP\r\n\r\n')))
  const rows: [string, number, RegExp][] = [
    ['hung up', hasty, /^ECONNRESET$/],
    ['reset', rude, /^ECONNRESET$/],
    ['silent', silent, /^AbortError$/],
    ['no HTTP', await listening(t, garbled), /^HPE_/]
  ]
  for (const [title, port, code] of rows) {
    const clients = clientsOf(t, { endpoint: `http://127.0.0.1:${port}` })
    t.match(
      await failure(send(clients, 'x', region, timeFor(code))),
      { fault: 'unknown', code },
      title
    )
  }
})

t.test('on a connection that was used before, all is on the wire at once', async t => {
  const sfn = await startStepFunctions(t)
  const clients = clientsOf(t, { endpoint: sfn.url })
  const { taskToken } = sfn.waitCallback()
  t.match(await failure(send(clients, 'made up', region, 20_000)), { fault: 'token invalid' })
  sfn.fault('SendTaskSuccess', 'reset before')
  t.match(await failure(send(clients, taskToken, region, 20_000)), {
    fault: 'unknown',
    code: 'ECONNRESET'
  })
})
