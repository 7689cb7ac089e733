import t from 'tap'
import { needsParts } from '../../helpers/real.ts'
import { answer, call, stateMachineArn, activityArn } from '../../helpers/service.ts'
import { at, bucket, startWorld, type World } from './world.ts'

const fields = { subject: 'Sign off?', stateMachineArn }
const permissions = { write: ['account:alice'] }

function uri(id: string): string {
  return `${bucket}${at('a', id)}`
}

/** Resolves when the service has noted in a record that its step is over. */
async function nextNote({ proxy }: World): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  proxy.after = ({ method, body }) => {
    if (method === 'PATCH' && body.includes('"over"')) resolve()
    return undefined
  }
  await promise
}

t.test('what was found to be over leaves the inbox', needsParts('what is over'), async t => {
  const world = await startWorld(t)
  const { sfn, service, kinto } = world
  const waits = async (id: string, data: object = {}): Promise<{ executionArn: string }> => {
    const { taskToken, executionArn } = sfn.waitCallback()
    await world.record(at('a', id), { ...fields, taskToken, executionArn, ...data }, permissions)
    return { executionArn }
  }
  for (const id of ['answered', 'looked-at', 'waits']) {
    const { executionArn } = await waits(id)
    if (id !== 'waits') sfn.stop(executionArn)
  }
  await waits('no-history', { executionArn: undefined })
  const noHistory = await call(`${kinto.url}/v1${uri('no-history')}`, { user: 'workflow' })
  sfn.expire(noHistory.body.data.taskToken)
  t.strictSame((await world.ids('alice')).length, 4)

  const over = async (id: string): Promise<Record<string, string>> => {
    const { body } = await call(`${kinto.url}/v1${uri(id)}`, { user: 'workflow' })
    return body.data.over
  }
  let noted = nextNote(world)
  t.equal((await answer(service, uri('answered'), { answer: 'SUCCEED' })).status, 410)
  await noted
  const first = await over('answered')
  t.match(first, { at: /^\d{4}-.*Z$/, reason: 'The workflow was stopped.', token: /^[\w-]{43}$/ })
  noted = nextNote(world)
  t.match(await call(`${service.url}/v1${uri('looked-at')}/stepfunction`, { user: 'alice' }), {
    body: { data: { state: 'gone' } }
  })
  await noted
  noted = nextNote(world)
  t.equal((await answer(service, uri('no-history'), { answer: 'SUCCEED' })).status, 410)
  await noted
  t.match(await over('no-history'), { reason: 'The step no longer accepts answers.' })

  t.strictSame(await world.ids('alice'), ['waits'])
  t.strictSame(await world.ids('alice', '?reviewer=me'), ['waits'])
  const { body, headers } = await world.inbox('alice', '?status=over')
  t.equal(headers.get('total-objects'), '3')
  t.strictSame(
    body.data.map(({ id }: { id: string }) => id),
    ['no-history', 'looked-at', 'answered'],
    'the last that was found comes first'
  )
  t.strictSame(body.data[2].over, { at: first['at'], reason: first['reason'] })

  const again = sfn.waitCallback()
  await call(`${kinto.url}/v1${uri('answered')}`, {
    method: 'PATCH',
    user: 'workflow',
    body: { data: { taskToken: again.taskToken, executionArn: again.executionArn } }
  })
  t.strictSame(
    await world.ids('alice'),
    ['waits', 'answered'],
    'beside another token it is nothing'
  )
  t.equal((await answer(service, uri('answered'), { answer: 'SUCCEED' })).status, 200)
})

t.test('no note', needsParts('what is over'), async t => {
  const world = await startWorld(t)
  const { sfn, service, proxy } = world
  const { taskToken } = sfn.waitCallback()
  sfn.expire(taskToken)
  const activity = { ...fields, taskToken, activityArn }
  await world.record(at('a', 'activity'), activity, { read: ['account:alice'], ...permissions })
  const patches = (): number =>
    proxy.passed.filter(({ method, body }) => method === 'PATCH' && body.includes('over')).length
  const state = `${service.url}/v1${uri('activity')}/stepfunction`
  await call(state, { user: 'alice' })
  t.strictSame(await world.ids('alice'), ['activity'], 'the step of an activity may come again')
  await service.service.stop()
  t.equal(patches(), 0)
})
