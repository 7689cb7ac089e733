import { once } from 'node:events'
import { createServer, type AddressInfo, type Server } from 'node:net'
import {
  createServer as createTlsServer,
  getCACertificates,
  setDefaultCACertificates
} from 'node:tls'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { endpointOf, namedRegions, reach } from '../../src/stepfunctions/endpoints.ts'
import { selfSigned } from '../helpers/tls.ts'

const soon = AbortSignal.timeout(15_000)

async function listening(t: Test, server: Server, host = '127.0.0.1'): Promise<number> {
  await once(server.listen(0, host), 'listening')
  t.teardown(() => server.close())
  return (server.address() as AddressInfo).port
}

const named: Array<
  [name: string, settings: Parameters<typeof namedRegions>[0], regions: string[]]
> = [
  ['none', { activities: [], allowedArns: [] }, []],
  [
    'the one of the setting, of activities and of patterns, each once',
    {
      region: 'us-west-2',
      activities: [{ region: 'eu-west-1' }, { region: 'us-west-2' }],
      allowedArns: [
        'arn:aws:states:us-west-2:123456789012:*',
        'arn:aws-cn:states:cn-north-1:*',
        'arn:*:states:eu-central-1:*:stateMachine:Review'
      ]
    },
    ['us-west-2', 'eu-west-1', 'cn-north-1', 'eu-central-1']
  ],
  [
    'none of a pattern that leaves it open',
    {
      activities: [],
      allowedArns: [
        'arn:aws:states:*:123456789012:*',
        'arn:aws:states:us-*:1:*',
        'arn:*',
        'arn:aws:sts:us-west-2:1:x'
      ]
    },
    []
  ]
]
for (const [name, settings, regions] of named) {
  t.test(`regions that are named: ${name}`, async t => {
    t.strictSame(namedRegions(settings), regions)
  })
}

t.test('the endpoint is the one that the SDK calls', async t => {
  for (const name of ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_SFN'])
    t.equal(process.env[name], undefined)
  t.equal(
    (await endpointOf('us-west-2', undefined)).href,
    'https://states.us-west-2.amazonaws.com/'
  )
  t.equal(
    (await endpointOf('cn-north-1', undefined)).href,
    'https://states.cn-north-1.amazonaws.com.cn/'
  )
  t.equal((await endpointOf('us-west-2', 'http://127.0.0.1:4566')).href, 'http://127.0.0.1:4566/')
  t.teardown(() => {
    delete process.env['AWS_ENDPOINT_URL_SFN']
  })
  process.env['AWS_ENDPOINT_URL_SFN'] = 'https://vpce.example:8443'
  t.equal((await endpointOf('us-west-2', undefined)).href, 'https://vpce.example:8443/')
  process.env['AWS_ENDPOINT_URL_SFN'] = 'nonsense'
  await t.rejects(endpointOf('us-west-2', undefined))
})

t.test('a connection is made, and ended without a word', async t => {
  for (const [host, name] of [
    ['127.0.0.1', '127.0.0.1'],
    ['::1', '[::1]']
  ] as const) {
    const server = createServer()
    const port = await listening(t, server, host)
    const connected = once(server, 'connection')
    await reach(new URL(`http://${name}:${port}/path`), soon)
    const [socket] = await connected
    t.equal(await text(socket), '', host)
  }
})

t.test('TLS is verified', async t => {
  const trusted = getCACertificates('default')
  t.teardown(() => {
    setDefaultCACertificates(trusted)
  })
  const certificate = selfSigned('localhost')
  const server = createTlsServer(certificate)
  const names: unknown[] = []
  server.on('secureConnection', socket => names.push(socket.servername))
  const port = await listening(t, server)
  await t.rejects(reach(new URL(`https://localhost:${port}`), soon), {
    code: 'DEPTH_ZERO_SELF_SIGNED_CERT'
  })
  setDefaultCACertificates([...trusted, certificate.cert])
  const secured = once(server, 'secureConnection')
  await reach(new URL(`https://localhost:${port}`), soon)
  await secured
  t.strictSame(names, ['localhost'])
  await t.rejects(reach(new URL(`https://127.0.0.1:${port}`), soon), {
    code: 'ERR_TLS_CERT_ALTNAME_INVALID'
  })
})

t.test('there is no connection', async t => {
  t.test('where nobody listens', async t => {
    const server = createServer()
    const port = await listening(t, server)
    server.close()
    await once(server, 'close')
    await t.rejects(reach(new URL(`http://127.0.0.1:${port}`), soon), { code: 'ECONNREFUSED' })
  })

  t.test('in time', async t => {
    // This server takes the connection, and never begins TLS.
    const port = await listening(
      t,
      createServer(socket => socket.on('error', () => {}).resume())
    )
    await t.rejects(reach(new URL(`https://127.0.0.1:${port}`), AbortSignal.timeout(50)), {
      name: 'AbortError'
    })
  })

  for (const [protocol, port] of [
    ['http', 80],
    ['https', 443]
  ] as const) {
    t.test(`on the usual port of ${protocol}`, async t => {
      const outcome: unknown = await reach(new URL(`${protocol}://127.0.0.1`), soon).then(
        () => 'somebody listens here',
        (error: unknown) => error
      )
      if (outcome !== 'somebody listens here') t.match(outcome, { code: 'ECONNREFUSED', port })
      t.ok(outcome)
    })
  }
})
