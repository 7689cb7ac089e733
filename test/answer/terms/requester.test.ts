import t from 'tap'
import { startAsking } from '../../helpers/asking.ts'
import { as, call, collection } from '../../helpers/service.ts'

const group = '/buckets/stepfunction/groups/askers'
const everybody = { write: ['account:alice', 'account:bob', 'system.Everyone'] }
const yourself = 'You asked for this yourself, so somebody else has to answer it.'
const anonymous = 'Who asked for this must not answer it, so you have to log in to answer.'

const rows: [title: string, requestedBy: unknown, user: string | undefined, refused?: string][] = [
  ['who asked', 'account:alice', 'alice', yourself],
  ['one of several', ['account:carol', 'account:alice'], 'alice', yourself],
  ['a member of the group', group, 'alice', yourself],
  ['all who are logged in', 'system.Authenticated', 'alice', yourself],
  ['the administrator', 'account:workflow', 'workflow', yourself],
  ['nobody, who may be who asked', 'account:carol', undefined, anonymous],
  ['everybody', 'system.Everyone', undefined, yourself],
  ['somebody else', 'account:carol', 'alice'],
  ['who is not in the group', group, 'bob'],
  ['an administrator who did not ask', 'account:alice', 'workflow'],
  ['who asked for nobody', [], 'alice'],
  ['nobody, where nobody asked', [], undefined],
  ['nobody, where it is empty', '', undefined]
]

t.test('who asked may not answer', async t => {
  for (const env of [{}, undefined]) {
    for (const inBatch of [false, true]) {
      const all = await startAsking(t, env)
      all.kinto.store.groups.set(group, ['account:alice'])
      for (const [index, [title, requestedBy, user, refused]] of rows.entries()) {
        const way = `${inBatch ? ', in a batch' : ''}${env === undefined ? ', sealed' : ''}`
        await t.test(`${title}${way}`, async t => {
          const id = `r${index}`
          await all.ask(all.question({ id, requestedBy }), { permissions: everybody })
          const path = `${collection}/records/${id}/stepfunction`
          const caller = user === undefined ? {} : { user }
          const calls = all.sfn.callsOf('SendTaskSuccess').length
          const { data } = (await call(`${all.url}/v1${path}`, caller)).body
          const one = { method: 'POST', path, body: { answer: 'SUCCEED' } }
          const { status, body } = inBatch
            ? (
                await call(`${all.url}/v1/batch`, {
                  method: 'POST',
                  ...caller,
                  body: { requests: [one] }
                })
              ).body.responses[0]
            : await call(`${all.url}/v1${path}`, { ...one, ...caller })
          if (refused === undefined) {
            t.match(data, { canAnswer: true })
            t.equal(status, 200)
            return
          }
          t.match(data, {
            state: 'pending',
            canAnswer: false,
            obstacle: 'requester',
            reason: refused
          })
          t.equal(status, 403)
          t.match(body, { code: 403, errno: 121, error: 'Forbidden', message: refused })
          t.equal(all.sfn.callsOf('SendTaskSuccess').length, calls, 'nothing is reported')
        })
      }
    }
  }
})

t.test('it goes before all but permission', async t => {
  const all = await startAsking(t)
  all.kinto.store.collections.set(collection, {
    write: ['account:workflow'],
    read: ['account:reader']
  })
  const asked = { requestedBy: ['account:alice', 'account:reader'] }
  const { taskToken } = all.sfn.waitCallback()
  await all.ask({ ...all.question({ id: 'r', ...asked }), taskToken }, { permissions: everybody })
  const requester = { canAnswer: false, obstacle: 'requester', reason: yourself }
  all.change('r', { subject: 'Other' })
  t.match((await all.state('r', 'alice')).body.data, { ...requester, changed: ['subject'] })
  t.match((await all.state('r', 'reader')).body.data, { obstacle: 'requester' })
  all.change('r', { subject: 'Sign off?' })
  const send = (user: string) =>
    call(`${all.url}/v1${all.uri('r')}/stepfunction`, {
      method: 'POST',
      headers: { authorization: as(user), 'content-type': 'application/json' },
      body: '{"answer":"SUCCEED"}'
    })
  t.equal((await send('bob')).status, 200)
  t.match((await all.state('r', 'alice')).body.data, { ...requester, state: 'succeeded' })
  t.match(await send('alice'), { status: 403 })
})
