import { text } from 'node:stream/consumers'
import t from 'tap'
import { eachTime, environment, healthOf, startEndpoint } from './looks.ts'

t.test('all who ask share one look, in which nothing is sent', async t => {
  const { url, connections } = await startEndpoint(t)
  const { health, log } = healthOf(t, { endpoint: url })
  const states = await Promise.all([health.check(), health.check(), health.check()])
  t.strictSame(
    [...states, await health.check()],
    Array.from({ length: 4 }, () => ({ credentials: true, endpoint: true }))
  )
  const sockets = await connections(1)
  t.equal(sockets.length, 1)
  for (const socket of sockets) t.equal(await text(socket), '')
  t.strictSame(log, [])
})

t.test(
  'an endpoint that goes away is noticed when the last look is old, and its return too; ' +
    'the log tells each once',
  async t => {
    const { url, down, up } = await startEndpoint(t)
    const { health, log } = healthOf(t, { endpoint: url, times: eachTime })
    t.strictSame(await health.check(), { credentials: true, endpoint: true })
    await down()
    for (const _ of [1, 2])
      t.strictSame(await health.check(), { credentials: true, endpoint: false })
    await up()
    for (const _ of [1, 2])
      t.strictSame(await health.check(), { credentials: true, endpoint: true })
    t.match(log, [
      {
        level: 40,
        part: 'endpoint',
        err: {
          message: new RegExp(`^There is no connection to ${url}\\..*ECONNREFUSED`),
          stack: String
        },
        msg: 'Step Functions cannot be used at the moment'
      },
      { level: 30, part: 'endpoint', msg: 'Step Functions can be used again' }
    ])
    t.equal(log.length, 2)
    t.notMatch(JSON.stringify(log), 'never-in-a-log')
  }
)

t.test('an ill look holds for a while too', async t => {
  const { url, down, up } = await startEndpoint(t)
  await down()
  const { health } = healthOf(t, { endpoint: url, times: { ...eachTime, illMs: 60_000 } })
  t.match(await health.check(), { endpoint: false })
  await up()
  t.match(await health.check(), { endpoint: false })
})

t.test('an endpoint that is silent', async t => {
  const { url } = await startEndpoint(t)
  const { health, log } = healthOf(t, {
    endpoint: url.replace('http', 'https'),
    times: { ...eachTime, checkMs: 50 }
  })
  t.strictSame(await health.check(), { credentials: true, endpoint: false })
  t.match(log, [{ part: 'endpoint' }])
})

t.test('credentials are those that calls get, and found as soon as they are there', async t => {
  const { url } = await startEndpoint(t)
  environment(t, {})
  const { health, log } = healthOf(t, {
    endpoint: url,
    regions: ['us-west-2'],
    times: eachTime,
    settings: {}
  })
  for (const _ of [1, 2])
    t.match(await health.check(), {
      credentials: false,
      credentialsProblem: /^There are no AWS credentials: set aws_access_key/,
      endpoint: true
    })
  environment(t, { AWS_ACCESS_KEY_ID: 'AKIDLATER', AWS_SECRET_ACCESS_KEY: 'never-in-a-log' })
  t.strictSame(await health.check(), { credentials: true, endpoint: true })
  t.match(log, [
    { level: 40, part: 'credentials', err: { code: 'CredentialsProviderError' } },
    { level: 30, part: 'credentials' }
  ])
  t.equal(log.length, 2)
})

t.test('credentials that no request can be signed with, until they are mended', async t => {
  const { url } = await startEndpoint(t)
  environment(t, { AWS_ACCESS_KEY_ID: 'AKIDBROKEN\n', AWS_SECRET_ACCESS_KEY: 'never-in-a-log' })
  const { health, log } = healthOf(t, { endpoint: url, times: eachTime, settings: {} })
  for (const _ of [1, 2])
    t.match(await health.check(), {
      credentials: false,
      credentialsProblem: /^No request can be made with the AWS credentials: Invalid character/,
      endpoint: true
    })
  environment(t, { AWS_ACCESS_KEY_ID: 'AKIDMENDED', AWS_SECRET_ACCESS_KEY: 'never-in-a-log' })
  t.strictSame(await health.check(), { credentials: true, endpoint: true })
  t.match(log, [
    { level: 40, part: 'credentials', err: { code: 'ERR_INVALID_CHAR' } },
    { level: 30, part: 'credentials' }
  ])
  t.notMatch(JSON.stringify(log), /AKID/)
})

t.test('each region that is named has its endpoint, and all must be there', async t => {
  const here = await startEndpoint(t)
  environment(t, { AWS_ENDPOINT_URL_SFN: here.url })
  const { health } = healthOf(t, { regions: ['us-west-2', 'eu-west-1'], times: eachTime })
  t.match(await health.check(), { endpoint: true })
  t.equal((await here.connections(2)).length, 2)
  await here.down()
  t.match(await health.check(), { endpoint: false })
})

t.test('where no region is named, there is no endpoint to look at', async t => {
  const { health } = healthOf(t, {})
  t.strictSame(await health.check(), { credentials: true, endpoint: true })
})
