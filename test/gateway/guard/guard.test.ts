import t from 'tap'
import { startKinto } from '../../helpers/kinto.ts'
import { call, collection, startAll, startService, type Called } from '../../helpers/service.ts'
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

t.test('an upload that names a guarded field', async t => {
  let exists = false
  const kinto = await startKinto(t, ({ method, url = '' }, response, { body }) => {
    if (method === 'POST') response.writeHead(201).end(`{"bytes": ${body.length}}`)
    else if (url.includes('/records/')) response.writeHead(exists ? 403 : 404).end('{"code": 0}')
    else response.writeHead(403).end('{}')
  })
  const { url } = await startService(t, kinto, await startStepFunctions(t))
  const form = '--XX\r\nContent-Disposition: form-data; name="data"\r\n\r\n{"status": "SUCCEED"}\r\n--XX--\r\n'
  const upload = (): Promise<Called> => call(`${url}/v1${record}/attachment`, { method: 'POST', user: 'alice', body: form, headers: { 'content-type': 'multipart/form-data; boundary=XX' } })
  t.match(await upload(), { status: 201, text: `{"bytes": ${form.length}}` }, 'creates its record, if Kinto lets it')
  exists = true
  t.match(await upload(), { status: 403, text: '{"code": 0}' }, "gets Kinto's own word on the record")
})
