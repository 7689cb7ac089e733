import t from 'tap'
import { startKinto } from '../../helpers/kinto.ts'
import { call, collection, startAll, startService } from '../../helpers/service.ts'
import { startStepFunctions } from '../../helpers/step-functions.ts'

const record = `${collection}/records/r1`

t.test('a Kinto that shows no record, or says no version, is asked to write nothing', async t => {
  const bodies = ['{}', '{"data": []}', 'x']
  const kinto = await startKinto(t, ({ method, url = '' }, response) => {
    if (method === 'PATCH') response.writeHead(403).end('{}')
    else response.end(url.includes('?') ? '{"data": []}' : bodies.shift())
  })
  const { url } = await startService(t, kinto, await startStepFunctions(t))
  for (const path of [record, record, record, `${collection}/records`]) t.match(await call(`${url}/v1${path}`, { method: 'DELETE', user: 'alice' }), { status: 503, body: { errno: 201 } })
  t.equal(kinto.requests.filter(({ method }) => method === 'DELETE').length, 0)
})

t.test('while Kinto is away nothing is let through', async t => {
  const all = await startAll(t)
  all.kinto.fault({ method: 'GET', path: `/v1${record}` }, 503)
  t.match(await call(`${all.url}/v1${record}`, { method: 'DELETE', user: 'alice' }), { status: 503, body: { error: 'Scripted' } })
  all.kinto.down()
  t.match(await call(`${all.url}/v1${record}`, { method: 'PUT', user: 'alice', body: { data: {} } }), { status: 503, body: { errno: 201 } })
})
