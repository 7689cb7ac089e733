import t from 'tap'
import { Seals } from '../../../src/seal/seals.ts'
import { startBackground } from '../../helpers/background.ts'
import { collection, stateMachineArn } from '../../helpers/service.ts'

const list = `/v1${collection}/records?`

t.test('first all that waits is looked at, then what was changed', async t => {
  const all = await startBackground(t)
  const seen = async (): Promise<{ ids: string[]; whole: object | undefined }[]> =>
    (await all.look()).map(({ seen, whole }) => ({
      ids: seen.map(({ ref }) => ref.record).toSorted(),
      whole
    }))
  const place = { bucket: 'stepfunction', collection: 'steps' }
  all.asked('sealed')
  all.asked('sealed, with a status', { status: 'SUCCEED' })
  all.put('in clear', { taskToken: 'T', heartbeatSeconds: JSON.rawJSON('60') })
  all.put('in clear, decided', {
    taskToken: 'T',
    heartbeatSeconds: JSON.rawJSON('60'),
    status: 'FAIL'
  })
  all.put('in clear, without heartbeats', { taskToken: 'T', subject: 'x'.repeat(10_000) })
  t.same(await seen(), [{ ids: ['in clear', 'sealed', 'sealed, with a status'], whole: place }])
  t.equal(all.kinto.requests.length, 2)
  t.ok(
    all.kinto.requests.every(({ url }) =>
      url.includes('_fields=taskToken,answerReceipt,status,heartbeatSeconds')
    )
  )

  t.same(await seen(), [{ ids: [], whole: undefined }])
  t.equal(all.kinto.requests.length, 3, 'without a change one request is all')

  all.change('sealed', { subject: 'Other' })
  all.put('new', {})
  all.kinto.store.remove(all.uri('in clear'))
  t.same(await seen(), [{ ids: ['in clear', 'new', 'sealed'], whole: undefined }])
  t.equal(all.kinto.requests.length, 4)
  t.same(await seen(), [{ ids: [], whole: undefined }])

  all.put('newer', {})
  all.kinto.fault({ method: 'GET', path: /_since/, nth: 1 }, 400)
  t.same(
    await seen(),
    [{ ids: ['sealed', 'sealed, with a status'], whole: place }],
    'a time that Kinto does not take: all is looked at again'
  )
  t.same(await seen(), [{ ids: [], whole: undefined }])
})

t.test('a glance judges what it shows, and not the words', async t => {
  const all = await startBackground(t)
  const taskToken = all.asked('r', { status: 'SUCCEED' })
  all.change('r', { subject: 'Other' })
  const [look] = await all.look()
  t.match(look?.seen, [
    {
      ref: { version: 'v1', bucket: 'stepfunction', collection: 'steps', record: 'r' },
      taskToken,
      isAsked: true,
      decision: undefined,
      tokenField: { kind: 'sealed' }
    }
  ])
})

t.test('without a secret sealed ones are not looked for', async t => {
  const all = await startBackground(t, { sealing: false })
  all.asked('sealed')
  all.put('in clear', { taskToken: 'T', heartbeatSeconds: JSON.rawJSON('60') })
  t.match(await all.look(), [{ seen: [{ ref: { record: 'in clear' } }] }])
  t.equal(all.kinto.requests.length, 1)
})

t.test('lists that come in pages', async t => {
  const all = await startBackground(t)
  for (let index = 0; index < 501; index++)
    all.put(`r${index}`, { taskToken: 'T', stateMachineArn, heartbeatSeconds: JSON.rawJSON('60') })
  t.equal((await all.look())[0]?.seen.length, 501)
  for (let index = 0; index < 501; index++) all.change(`r${index}`, { note: 'x' })
  t.equal((await all.look())[0]?.seen.length, 501)
})

t.test('a Kinto that gives no version, and one that shows what is no record', async t => {
  const all = await startBackground(t)
  const end = all.kinto.fault({ method: 'GET' }, (_request, response) => {
    response.end('{"data":[{"id":5},{"no":"id"},{"id":"r"}]}')
  })
  for (const time of ['first', 'next'])
    t.match(
      await all.look(),
      [
        {
          seen: [{ ref: { record: 'r' } }, { ref: { record: 'r' } }],
          whole: { bucket: 'stepfunction' }
        }
      ],
      time
    )
  end()
  t.match(await all.look(), [{ seen: [], whole: { bucket: 'stepfunction' } }])
  all.put('r', {})
  all.kinto.fault({ method: 'GET', nth: 1 }, (_request, response) => {
    response.end('{"data":[]}')
  })
  await all.look()
  t.notOk(all.kinto.requests.slice(0, 4).some(({ url }) => url.includes('_since')))
  await all.look()
  t.ok(
    all.kinto.requests.at(-1)?.url.startsWith(`${list}has_heartbeatSeconds`),
    'then it looks at all again'
  )
})

t.test('a Kinto that is away is looked at the next time', async t => {
  const all = await startBackground(t)
  all.asked('r')
  for (const fault of ['reset', 503] as const) {
    all.kinto.fault({ method: 'GET', nth: 1 }, fault)
    t.same(await all.look(), [])
  }
  t.equal(
    all.lines.filter(({ msg }) => msg === 'the records that wait could not be read').length,
    2
  )
  t.match(await all.look(), [{ seen: [{ ref: { record: 'r' } }] }])
  all.change('r', { note: 'x' })
  all.kinto.fault({ method: 'GET', nth: 1 }, 503)
  t.same(await all.look(), [])
  t.match(
    await all.look(),
    [{ seen: [{ ref: { record: 'r' } }], whole: undefined }],
    'and nothing is lost by it'
  )
})

t.test('a secret that is not here is told once, by its id alone', async t => {
  const all = await startBackground(t)
  const other = new Seals(Buffer.alloc(32, 2))
  for (const id of ['a', 'b'])
    all.put(id, {
      taskToken: other.sealToken(all.uri(id), {
        taskToken: 'T',
        fromActivity: false,
        region: 'us-west-2',
        heartbeatSeconds: 60
      })
    })
  await all.look()
  all.change('a', { note: 'x' })
  await all.look()
  t.match(all.lines, [
    {
      level: 50,
      keyId: other.keyIds[0],
      bucket: 'stepfunction',
      collection: 'steps',
      msg: /sealed with a secret which is not in stepfunction\.seal_secret/
    }
  ])
  t.equal(all.lines.length, 1)
})

t.test('all is looked at again now and then', async t => {
  const all = await startBackground(t)
  all.asked('r')
  const looks: boolean[] = []
  for (let look = 0; look < 61; look++) looks.push((await all.look())[0]?.whole !== undefined)
  t.same(
    looks.flatMap((whole, index) => (whole ? [index] : [])),
    [0, 30, 60]
  )
})

t.test('a list that is too large for one page', async t => {
  const all = await startBackground(t, { timeoutMs: 20_000 })
  for (let index = 0; index < 7; index++)
    all.put(`r${index}`, {
      taskToken: 'T',
      heartbeatSeconds: JSON.rawJSON('60'),
      status: 'x'.repeat(5_000_000)
    })
  t.equal((await all.look())[0]?.seen.length, 7)
  t.same(
    all.kinto.requests
      .filter(({ url }) => url.includes('has_heartbeatSeconds'))
      .map(({ url }) => /_limit=(\d+)/.exec(url)?.[1]),
    ['500', '3', '3', '3']
  )
})
