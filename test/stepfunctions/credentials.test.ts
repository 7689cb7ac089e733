import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { region, startStepFunctions } from '../helpers/step-functions.ts'
import { clientsOf, environment, failure, send } from './sdk-clients.ts'

t.test(
  'credentials come from the environment when the settings name none, and all clients share them',
  async t => {
    const sfn = await startStepFunctions(t)
    const { taskToken } = sfn.waitCallback()
    environment(t, { AWS_ACCESS_KEY_ID: 'AKIDFIRST', AWS_SECRET_ACCESS_KEY: 'secret' })
    const clients = clientsOf(t, { endpoint: sfn.url, credentials: undefined })
    await send(clients, taskToken)
    environment(t, { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined })
    t.match(await failure(send(clients, taskToken, 'eu-west-1')), { fault: 'token invalid' })
  }
)

t.test('expired credentials are fetched anew', async t => {
  const sfn = await startStepFunctions(t)
  let times = 0
  const issuer = createServer((_request, response) => {
    response.end(issued(`AKID${++times}`))
  })
  await once(issuer.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    issuer.closeAllConnections()
    issuer.close()
  })
  const { port } = issuer.address() as AddressInfo
  environment(t, {
    AWS_ACCESS_KEY_ID: undefined,
    AWS_SECRET_ACCESS_KEY: undefined,
    AWS_PROFILE: undefined,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/`
  })
  const clients = clientsOf(t, { endpoint: sfn.url, credentials: undefined })
  const { taskToken } = sfn.waitCallback({ stayOpen: true })
  t.match(await failure(send(clients, 'made up')), { fault: 'token invalid' })
  t.match(await failure(send(clients, 'made up')), { fault: 'token invalid' })
  t.equal(times, 1)
  sfn.fault('SendTaskSuccess', 'ExpiredTokenException')
  t.match(await failure(send(clients, taskToken)), { fault: 'credentials' })
  await send(clients, taskToken)
  t.equal(times, 2)
})

function issued(AccessKeyId: string): string {
  return JSON.stringify({
    AccessKeyId,
    SecretAccessKey: 'secret',
    Token: 'session',
    Expiration: new Date(Date.now() + 3_600_000).toISOString()
  })
}

t.test('without credentials nothing is sent', async t => {
  const sfn = await startStepFunctions(t)
  environment(t, {
    AWS_ACCESS_KEY_ID: undefined,
    AWS_SECRET_ACCESS_KEY: undefined,
    AWS_PROFILE: undefined
  })
  const clients = clientsOf(t, { endpoint: sfn.url, credentials: undefined })
  t.match(await failure(send(clients, 'x')), {
    fault: 'credentials',
    code: 'CredentialsProviderError',
    retryHelps: true
  })
  t.equal(sfn.calls.length, 0)
})

t.test('credentials that do not come in time: nothing is sent', async t => {
  const sfn = await startStepFunctions(t)
  const waiting: ServerResponse[] = []
  const silent = createServer((_request, response) => {
    waiting.push(response)
  })
  await once(silent.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    for (const response of waiting) response.end(issued('AKIDLATE'))
    silent.close()
  })
  const { port } = silent.address() as AddressInfo
  environment(t, {
    AWS_ACCESS_KEY_ID: undefined,
    AWS_SECRET_ACCESS_KEY: undefined,
    AWS_PROFILE: undefined,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/`
  })
  const clients = clientsOf(t, { endpoint: sfn.url, credentials: undefined })
  t.match(await failure(send(clients, 'x', region, 100)), {
    fault: 'credentials',
    code: 'TimeoutError'
  })
  t.equal(sfn.calls.length, 0)
})
