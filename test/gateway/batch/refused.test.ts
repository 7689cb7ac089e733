import t from 'tap'
import { post, record, startBatches, writers } from './start.ts'

t.test('what Kinto refuses it refuses whole, and nothing is reported', async t => {
  const all = await startBatches(t)
  all.kinto.store.put(record, { taskToken: all.sfn.waitCallback().taskToken }, writers)
  const many = JSON.stringify({ requests: Array.from({ length: 26 }, () => post(record)) })
  await all.batch(many)
  t.equal(String(all.kinto.requests.at(-1)?.body), many, 'too many')
  const one = JSON.stringify({ requests: [post(record)] })
  all.kinto.store.settings['readonly'] = true
  await all.batch(one)
  t.equal(String(all.kinto.requests.at(-1)?.body), one, 'read-only')
  all.kinto.store.settings['readonly'] = false
  const refuse = all.kinto.fault({ path: '/v1/batch' }, 400)
  t.match(
    await all.batch(one),
    { status: 400, body: { error: 'Scripted' } },
    'its word on an empty batch comes first'
  )
  t.equal(String(all.kinto.requests.at(-1)?.body), '{"requests":[]}')
  refuse()
  all.kinto.fault({ path: '/v1/' }, 410)
  t.match(
    await all.batch(one),
    { status: 410, body: { error: 'Scripted' } },
    'and that of the root view'
  )
  t.equal(all.sfn.calls.length, 0)
})

t.test('what Kinto refuses, or what cannot be read, reaches it as it came', async t => {
  const all = await startBatches(t)
  all.kinto.store.put(record, { taskToken: all.sfn.waitCallback().taskToken }, writers)
  for (const rest of [
    '{"path":"/","body":{"a":"\\ud800"}}',
    '{"path":"/","body":{"a":1.797693134862315808e308}}',
    `{"path":"/","body":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}`
  ]) {
    const body = `{"requests":[${JSON.stringify(post(record))},${rest}]}`
    await all.batch(body)
    t.equal(String(all.kinto.requests.at(-1)?.body), body, rest.slice(0, 50))
  }
  const batches = all.kinto.requests.length
  t.match(
    await all.batch({ requests: [post(record), { path: '/', body: { a: 'x'.repeat(2 ** 20) } }] }),
    { status: 413 }
  )
  t.equal(all.sfn.calls.length, 0)
  t.notOk(all.kinto.requests.slice(batches).some(({ method }) => method === 'POST'))
})

t.test('a batch that is too large', async t => {
  const all = await startBatches(t)
  const { status, body } = await all.batch(' '.repeat(16 * 1024 * 1024 + 1))
  t.match({ status, body }, { status: 413, body: { errno: 113 } })
  t.equal(all.kinto.requests.length, 0)
})
