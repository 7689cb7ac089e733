import t from 'tap'
import { lowPort } from '../../demo/parts/low-port.ts'
import { obstacles } from '../../src/check/check.ts'
import { loadSettings } from '../../src/config/config.ts'
import { startKinto } from '../helpers/kinto.ts'
import { as } from '../helpers/service.ts'
import { run } from './run.ts'

t.test('what is not Kinto, or one that cannot serve', async t => {
  const view = {
    project_version: '26.5.0',
    capabilities: {},
    settings: {},
    url: 'https://public.example/v1/'
  }
  const rows: [status: number, body: string, found: RegExp][] = [
    [404, '{}', /^wrong .*answers 404/m],
    [200, '{}', /^wrong .*is not Kinto/m],
    [200, 'x', /^wrong .*not JSON/m],
    [200, JSON.stringify({ ...view, project_version: '5.4.1' }), /^wrong .*too old/m],
    [200, JSON.stringify({ ...view, settings: { readonly: true } }), /^wrong .*read-only/m],
    [
      200,
      JSON.stringify({ ...view, capabilities: { stepfunction: {} } }),
      /^wrong .*Python plugin/m
    ],
    [
      200,
      JSON.stringify({ ...view, capabilities: { stepfunction: { resources: [] } } }),
      /^wrong .*leads to this service itself, or to another copy/m
    ],
    [508, '{}', /^wrong .*leads to this service itself, or to another copy/m],
    [200, JSON.stringify(view), /^warning .*kinto\.http_host/m]
  ]
  for (const [status, body, found] of rows) {
    const kinto = await startKinto(t, (_request, response) => {
      response.writeHead(status).end(body)
    })
    t.match((await run({ STEPFUNCTION_KINTO_URL: kinto.url }, '--check')).text, found, body)
  }
})

t.test('an account that sees no collection, no region, and a setting that is gone', async t => {
  const kinto = await startKinto(t, ({ url = '' }, response) => {
    response.end(
      JSON.stringify(
        url.endsWith('/collections')
          ? { data: [] }
          : { project_version: '26', capabilities: {}, user: { id: 'account:service' } }
      )
    )
  })
  const { code, text } = await run(
    {
      STEPFUNCTION_KINTO_URL: kinto.url,
      STEPFUNCTION_KINTO_AUTHORIZATION: as('service'),
      STEPFUNCTION_GUARD: 'on',
      STEPFUNCTION_LISTENS: '127.0.0.1:80',
      STEPFUNCTION_PORT: 'tcp://10.0.0.7:8889'
    },
    '--check'
  )
  t.equal(code, 1)
  t.match(text, /^wrong .*no collection in \/buckets\/stepfunction/m)
  t.match(text, /^warning +STEPFUNCTION_LISTENS in the environment is not a setting/m)
  t.notMatch(text, /STEPFUNCTION_PORT/)
  t.match(text, /^warning .*no AWS region/m)
  t.match(text, /^warning .*guard does nothing any more.*seal_secret/m)
})

t.test('a Kinto that does not say whether the account may write', async t => {
  const kinto = await startKinto(t, ({ method }, response) => {
    response.statusCode = method === 'PATCH' ? 503 : 200
    response.end(
      JSON.stringify({ project_version: '26', capabilities: {}, user: { id: 'account:service' } })
    )
  })
  const { code, text } = await run(
    {
      STEPFUNCTION_KINTO_URL: kinto.url,
      STEPFUNCTION_KINTO_AUTHORIZATION: as('service'),
      STEPFUNCTION_RESOURCES: '/buckets/b/collections/c'
    },
    '--check'
  )
  t.equal(code, 1)
  t.match(text, /^wrong .*account cannot be looked at/m)
})

t.test('what stands in the way at the start is what is wrong, and no more', async t => {
  const kinto = await startKinto(t, ({ url = '' }, response) => {
    response.end(
      JSON.stringify(
        url.endsWith('/collections')
          ? { data: [] }
          : { project_version: '26', capabilities: {}, user: { id: 'account:service' } }
      )
    )
  })
  const settings = (env: Record<string, string>) =>
    loadSettings({
      argv: [],
      env: {
        STEPFUNCTION_KINTO_URL: kinto.url,
        STEPFUNCTION_AWS_ACCESS_KEY: 'AKID',
        STEPFUNCTION_AWS_SECRET_KEY: 'x',
        STEPFUNCTION_AWS_ENDPOINT_URL: kinto.url,
        ...env
      }
    })
  t.same(await obstacles(settings({})), [])
  t.match(await obstacles(settings({ STEPFUNCTION_KINTO_AUTHORIZATION: as('service') })), [
    /^It sees no collection in \/buckets\/stepfunction/
  ])
  const closed = `http://127.0.0.1:${await lowPort()}`
  t.match(
    await obstacles(
      settings({ STEPFUNCTION_KINTO_URL: closed, STEPFUNCTION_AWS_ENDPOINT_URL: closed })
    ),
    [/^Kinto at .* connect ECONNREFUSED 127/, /^Step Functions cannot be reached: /]
  )
})
