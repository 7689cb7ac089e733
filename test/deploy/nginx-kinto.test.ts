import t from 'tap'
import { needsParts, realKinto, realService } from '../helpers/real.ts'
import { as, call, collection } from '../helpers/service.ts'
import { credentials, region, startStepFunctions } from '../helpers/step-functions.ts'
import { findNginx, needsNginx, startNginx } from './nginx.ts'

const together = 'nginx, the service and a real Kinto together'
t.test(
  'all of it on a real Kinto',
  findNginx() === undefined ? needsNginx(together) : needsParts(together),
  async t => {
    const [kinto, sfn] = await Promise.all([
      realKinto(t, { settings: { 'kinto.http_scheme': 'https', 'kinto.paginate_by': '1' } }),
      startStepFunctions(t)
    ])
    await call(`${kinto.url}/v1/accounts/alice`, {
      method: 'PUT',
      body: { data: { password: 'secret' } }
    })
    const service = await realService(t, {
      env: {
        STEPFUNCTION_KINTO_URL: kinto.url,
        STEPFUNCTION_AWS_REGION: region,
        STEPFUNCTION_AWS_ENDPOINT_URL: sfn.url,
        STEPFUNCTION_TRUST_PROXY: 'true',
        STEPFUNCTION_AWS_ACCESS_KEY: credentials.accessKeyId,
        STEPFUNCTION_AWS_SECRET_KEY: credentials.secretAccessKey
      }
    })
    const headers = { authorization: as('alice'), 'content-type': 'application/json' }

    for (const example of ['nginx.conf', 'nginx-split.conf'] as const) {
      t.test(example, async t => {
        const nginx = await startNginx(t, example, {
          service,
          ...(example === 'nginx-split.conf' && { kinto })
        })
        const { taskToken, executionArn } = sfn.waitCallback()
        const path = `/v1${collection}/records/${example === 'nginx.conf' ? 'one' : 'two'}`
        for (const target of ['/v1/buckets/stepfunction', `/v1${collection}`])
          await (await nginx.request(target, { method: 'PUT', headers })).body.dump()
        const created = await nginx.request(path, {
          method: 'PUT',
          headers,
          body: JSON.stringify({ data: { taskToken, executionArn } })
        })
        t.equal(created.statusCode, 201)
        await created.body.dump()
        const answered = await nginx.request(`${path}/stepfunction`, {
          method: 'POST',
          headers,
          body: '{"answer": "SUCCEED"}'
        })
        t.match(await answered.body.json(), {
          stepfunction: { outcome: 'accepted', answeredBy: 'account:alice' }
        })
        t.match(await sfn.finished(executionArn), { status: 'SUCCEEDED' })
        const state = await nginx.request(`${path}/stepfunction`, { headers })
        t.match(await state.body.json(), { data: { state: 'succeeded' } })
        const read = await nginx.request(path, { headers })
        t.match(await read.body.json(), {
          data: { status: 'SUCCEED', answeredBy: 'account:alice' }
        })
        const collections = await nginx.request('/v1/buckets/stepfunction/history?_limit=1', {
          headers
        })
        t.ok(
          String(collections.headers['next-page']).startsWith(
            `${nginx.url}/v1/buckets/stepfunction/history?`
          ),
          'Kinto leads clients back to nginx'
        )
        await collections.body.dump()
      })
    }
  }
)
