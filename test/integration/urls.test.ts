import t, { type Test } from 'tap'
import { needsParts, realKinto } from '../helpers/real.ts'
import { sendRaw } from '../helpers/raw.ts'
import {
  activityArn,
  answer,
  as,
  call,
  collection,
  startService,
  type Called
} from '../helpers/service.ts'
import { startStepFunctions } from '../helpers/step-functions.ts'

const record = `${collection}/records/r1`

t.test('redirects of Kinto lead back to the sub-resource', needsParts('redirects'), async t => {
  const { url, sfn, put } = await start(t)
  await put(record, { data: { taskToken: sfn.waitCallback().taskToken } })
  for (const path of [`/v1${record}/stepfunction/`, `${record}/stepfunction`]) {
    const redirect = await call(`${url}${path}`, {
      method: 'POST',
      user: 'alice',
      body: { answer: 'SUCCEED' }
    })
    t.match(
      { status: redirect.status, location: redirect.headers.get('location') },
      { status: 307, location: `${url}/v1${record}/stepfunction` },
      path
    )
  }
  const followed = await fetch(`${url}${record}/stepfunction/`, {
    method: 'POST',
    headers: { authorization: as('alice'), 'content-type': 'application/json' },
    body: '{"answer": "SUCCEED"}'
  })
  t.match(await followed.json(), { stepfunction: { outcome: 'accepted' } })
})

t.test(
  'a record is found under every spelling of its path that Kinto knows',
  needsParts('spellings of a path'),
  async t => {
    const { url, sfn, put } = await start(t)
    const spellings = [
      `/v1${collection}/records/r%31/stepfunction`,
      `/v1${record.replace('/collections/', '/collection/')}/%73tepfunction`,
      `/v1${collection}%2Frecords%2Fr1/stepfunction?x=1`,
      `//v1${record}/stepfunction`
    ]
    for (const path of spellings) {
      await put(record, { data: { taskToken: sfn.waitCallback().taskToken } })
      const { status, body } = await sendRaw(
        t,
        url,
        `POST ${path} HTTP/1.1\r\nHost: k\r\nAuthorization: ${as('alice')}\r\n` +
          'Content-Type: application/json\r\nContent-Length: 21\r\n' +
          'Connection: close\r\n\r\n{"answer": "SUCCEED"}'
      )
      t.match({ status, body: String(body) }, { status: 200, body: /accepted/ }, path)
    }
  }
)

t.test("a record in the reviewer's personal bucket", needsParts('the default bucket'), async t => {
  const { url, sfn, put } = await start(t, { RESOURCES: '/buckets/default' })
  const path = '/buckets/default/collections/steps/records'
  await put(`${path}/r1`, { data: { taskToken: sfn.waitCallback().taskToken } })
  t.match((await answer({ url }, `${path}/r1`, { answer: 'SUCCEED' })).body, {
    data: { status: 'SUCCEED' },
    stepfunction: { outcome: 'accepted' }
  })
  const { body } = await call(`${url}/v1/`, { user: 'alice' })
  const real = `/buckets/${body.user.bucket}/collections/steps/records`
  t.match(sfn.calls, [{ input: { output: new RegExp(`"record":"${real}/r1"`) } }])
  await put(`${path}/short`, { data: { activityArn } })
  sfn.createActivity()
  sfn.scheduleActivity({ input: { record: `${real}/short` } })
  t.match(
    (await answer({ url }, `${path}/short`, { answer: 'FAIL' })).body,
    { stepfunction: { outcome: 'accepted' } },
    'its task names it by the real bucket'
  )
  t.match(
    (await call(`${url}/v1${real}/r1/stepfunction`, { user: 'alice' })).body,
    { data: { state: 'succeeded' } },
    'under its real bucket it is the same, for those who have another `default`'
  )
})

t.test(
  'a Kinto that is mounted as another version',
  needsParts('other versions of the API'),
  async t => {
    const { url, sfn, put } = await start(t, {}, 'v2')
    await put(record, { data: { taskToken: sfn.waitCallback().taskToken } })
    t.match(
      await call(`${url}/v1${record}/stepfunction`, {
        method: 'POST',
        user: 'alice',
        body: { answer: 'SUCCEED' }
      }),
      { status: 404, body: { errno: 116 } }
    )
    const batch = await call(`${url}/v2/batch`, {
      method: 'POST',
      user: 'alice',
      body: {
        requests: [
          { method: 'POST', path: `${record}/stepfunction`, body: { answer: 'SUCCEED' } },
          { path: `/v2${record}` }
        ]
      }
    })
    t.match(batch.body, {
      responses: [
        { path: `/v2${record}/stepfunction`, status: 200 },
        { status: 200, body: { data: { status: 'SUCCEED' } } }
      ]
    })
    t.match((await call(`${url}/v2${record}/stepfunction`, { user: 'alice' })).body, {
      data: { state: 'succeeded' }
    })
  }
)

async function start(t: Test, env: Record<string, string> = {}, version = 'v1') {
  const kinto = await realKinto(t, {
    settings: version === 'v1' ? {} : { 'kinto.http_api_version': `${version.slice(1)}.0` }
  })
  const sfn = await startStepFunctions(t)
  const { url } = await startService(t, kinto, sfn, env)
  async function put(path: string, body: object): Promise<Called> {
    const reply = await call(`${kinto.url}/${version}${path}`, {
      method: 'PUT',
      user: 'alice',
      body
    })
    if (reply.status > 201) throw new Error(`${path}: ${reply.status} ${reply.text}`)
    return reply
  }
  await put('/accounts/alice', { data: { password: 'secret' } })
  await put('/buckets/stepfunction', {})
  await put(collection, {})
  return { kinto, sfn, url, put }
}
