import t, { type Test } from 'tap'
import { secret, startAsking, type Asking } from '../helpers/asking.ts'
import { activityArn, collection } from '../helpers/service.ts'

const question = { id: 'mine', subject: 'Sign off?', activityArn }
const other = { ...question, subject: 'Other' }
const stillWaits = { status: 409, body: { errno: 122, message: /still waits/ } }
const anotherId = { status: 409, body: { errno: 122, message: /Ask with another id/ } }

/** A service before a Kinto in which an activity's question stands in clear. */
async function startInClear(
  t: Test,
  fields: (all: Asking) => object = () => ({}),
  env: Record<string, string> = { SEAL_SECRET: secret }
) {
  const all = await startAsking(t, env)
  all.kinto.store.put(
    all.uri('mine'),
    { ...question, ...fields(all) },
    { write: ['account:alice'] }
  )
  return { ...all, before: all.stored('mine') }
}

const live = ({ sfn }: Asking): object => ({ taskToken: sfn.waitCallback().taskToken })
const decided = (): object => ({ status: 'SUCCEED', answeredBy: 'account:alice' })
const both = (all: Asking): object => ({ ...live(all), ...decided() })

t.test("an activity's question that stands in clear is sealed when it is asked", async t => {
  const all = await startInClear(t, () => ({ status: 'UNANSWERED' }))
  const sealed = await all.ask(question, { permissions: { write: ['account:bob'] } })
  t.match(sealed, {
    status: 200,
    body: {
      data: { subject: 'Sign off?', taskToken: /^sealed:1:/ },
      permissions: { write: ['account:bob', 'account:workflow'] }
    }
  })
  t.same(all.permissions('mine'), { write: ['account:bob', 'account:workflow'] }, 'as asked')
  t.match(await all.logged('asked'), { outcome: 'sealed' })
  t.match(await all.ask(question), { status: 200, body: { data: sealed.body.data } }, 'once')
})

t.test('what is open in it may have changed', async t => {
  const all = await startInClear(t, () => ({ openFields: ['note'], note: 'theirs' }))
  t.match(
    await all.ask({ ...question, openFields: ['note'], note: 'ours' }),
    { status: 200, body: { data: { note: 'ours', taskToken: /^sealed:1:/ } } },
    'it is as it is asked'
  )
})

t.test('what is decided is left as it is, and makes no room', async t => {
  for (const [title, fields] of Object.entries({ decided, both })) {
    const all = await startInClear(t, fields)
    t.match(await all.ask(question), { status: 200, body: { data: all.before } }, title)
    t.match(await all.logged('asked'), { outcome: 'as it was' })
    t.match(await all.ask(other), anotherId, title)
    t.same(all.stored('mine'), all.before)
  }
})

t.test('with a token that waits nothing takes its place, not even the same question', async t => {
  const all = await startInClear(t, live)
  for (const each of [question, other]) t.match(await all.ask(each), stillWaits)
  t.same(all.stored('mine'), all.before)
  all.sfn.expire(String(all.before['taskToken']))
  t.match(await all.ask(question), {
    status: 200,
    body: { data: { taskToken: /^sealed:1:/ }, permissions: { write: ['account:workflow'] } }
  })
})

t.test(
  'another question takes its place where nobody waits, and nobody has decided it',
  async t => {
    const all = await startInClear(t)
    t.match(await all.ask(other), {
      status: 200,
      body: { data: { subject: 'Other', taskToken: /^sealed:1:/ } }
    })
    t.match(await all.logged('asked'), { outcome: 'asked anew' })
  }
)

t.test('where only what was asked counts, it does not, unless somebody waits', async t => {
  for (const [title, fields] of Object.entries({ neither: () => ({}), decided })) {
    const all = await startInClear(t, fields, { SEAL_SECRET: secret, SEAL_REQUIRED: collection })
    t.match(
      await all.ask(question),
      {
        status: 200,
        body: {
          data: { subject: 'Sign off?', taskToken: /^sealed:1:/ },
          permissions: { write: ['account:workflow'] }
        }
      },
      title
    )
    t.notOk('status' in all.stored('mine'))
    t.match(await all.logged('asked'), { outcome: 'asked anew' })
  }
  for (const fields of [live, both])
    t.match(
      await (
        await startInClear(t, fields, { SEAL_SECRET: secret, SEAL_REQUIRED: collection })
      ).ask(question),
      stillWaits
    )
})

t.test('without a secret it stands as it is', async t => {
  for (const fields of [() => ({}), live, decided, both]) {
    const all = await startInClear(t, fields, {})
    t.match(await all.ask(question), { status: 200, body: { data: all.before } })
    t.same(all.stored('mine'), all.before)
  }
  const all = await startInClear(t, () => ({}), {})
  t.match(await all.ask(other), { status: 200, body: { data: { subject: 'Other' } } })
  for (const fields of [live, decided, both])
    t.match(await (await startInClear(t, fields, {})).ask(other), anotherId)
})
