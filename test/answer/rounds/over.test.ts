import t, { type Test } from 'tap'
import { OverNotes } from '../../../src/answer/record/over-notes.ts'
import { overField } from '../../../src/answer/record/over.ts'
import { createParts } from '../../helpers/parts.ts'
import { startBackground } from '../../helpers/background.ts'
import { activityArn } from '../../helpers/service.ts'

t.jobs = 4
const parallel = { buffered: true }

type Background = Awaited<ReturnType<typeof startBackground>>

const dead = { at: '2026-12-01T00:00:00.000Z', reason: 'The step no longer accepts answers.' }
const isNoted = ({ over }: Record<string, unknown>): boolean => over !== undefined

/** A question with a heartbeat, whose step is over. */
async function over(t: Test, fields: object = {}): Promise<Background & { taskToken: string }> {
  const all = await startBackground(t)
  const taskToken = all.asked('r', { heartbeatSeconds: 60, ...fields })
  all.sfn.expire(taskToken)
  return { ...all, taskToken }
}

t.test('a heartbeat that finds a token dead is noted in its record', parallel, async t => {
  const all = await over(t)
  await all.beat()
  await all.kinto.store.reaches(all.uri('r'), isNoted)
  t.match(all.data('r')['over'], { at: /^\d{4}-.*Z$/, reason: dead.reason, token: /^[\w-]{43}$/ })
  t.match(all.data('r'), { subject: 'Sign off?' })
  t.notMatch(JSON.stringify([all.data('r')['over'], all.lines]), all.taskToken)
  const requests = all.kinto.requests.length
  await all.beat()
  await all.overNotes.stop()
  const patches = all.kinto.requests.slice(requests).filter(({ method }) => method === 'PATCH')
  t.strictSame(patches, [], 'once')
})

t.test('not noted', parallel, async t => {
  const rows: [title: string, fields: object, become: (all: Background) => void][] = [
    ['the step of an activity', { activityArn }, () => {}],
    ['a record that says otherwise', { status: 'SUCCEED' }, () => {}],
    [
      'one that changes meanwhile',
      {},
      all => {
        all.change('r', { status: 'FAIL' })
      }
    ]
  ]
  for (const [title, fields, become] of rows) {
    const all = await over(t, fields)
    all.kinto.fault({ method: 'GET', path: /records\/r$/ }, (request, response, received) => {
      become(all)
      all.kinto.respond(request, response, received)
    })
    await all.beat()
    await all.overNotes.stop()
    t.notOk(isNoted(all.data('r')), title)
  }
})

t.test('what Kinto does not take is said in the log', parallel, async t => {
  for (const fault of [403, 'reset'] as const) {
    const all = await over(t)
    all.kinto.fault({ method: 'PATCH' }, fault)
    await all.beat()
    await all.overNotes.stop()
    t.match(all.lines, [{ level: 40, record: all.uri('r'), msg: /could not be noted/ }])
    t.notMatch(JSON.stringify(all.lines), all.taskToken)
  }
})

t.test('so many at one time, and none without an account', parallel, async t => {
  const all = await startBackground(t)
  const { promise, resolve } = Promise.withResolvers<undefined>()
  for (let index = 0; index < 20; index++)
    all.sfn.expire(all.asked(`r${index}`, { heartbeatSeconds: 60 }))
  all.kinto.fault({ method: 'GET', path: /records\/r\d+$/ }, promise)
  await all.beat()
  resolve(undefined)
  await all.overNotes.stop()
  const noted = Array.from({ length: 20 }, (_none, index) => all.data(`r${index}`)).filter(isNoted)
  t.equal(noted.length, 16)

  const { reader, log, lines } = createParts(t)
  const ref = { version: 'v1', bucket: 'b', collection: 'c', record: 'r' }
  const glance = reader.glance(ref, { taskToken: 'x' })
  const notes = new OverNotes({ serviceAccount: undefined, reader, log })
  notes.note(glance, { taskToken: 'x', reason: 'y' })
  await notes.stop()
  t.strictSame(lines, [])
})

t.test('beside a token that is alive it is taken out', parallel, async t => {
  for (const status of [undefined, 'UNANSWERED', 'SUCCEED']) {
    const all = await startBackground(t)
    const taskToken = all.asked('r')
    await all.takeBack()
    all.change('r', { over: overField(dead, taskToken), ...(status !== undefined && { status }) })
    await all.takeBack()
    await all.kinto.store.reaches(all.uri('r'), ({ over }) => (over ?? null) === null)
    await all.undecided.stop()
    t.equal(all.data('r')['status'], status === 'SUCCEED' ? 'UNANSWERED' : status)
    t.equal(all.takenBack(), status === 'SUCCEED' ? 1 : 0)
    t.match(all.lines, [
      { msg: status === 'SUCCEED' ? /nobody has answered/ : /said that its step was over/ }
    ])
  }
})

t.test('left where it is', parallel, async t => {
  const rows: [title: string, over: (taskToken: string) => unknown, asked: number][] = [
    ['beside a token that is dead', taskToken => overField(dead, taskToken), 1],
    ['one of another token', () => overField(dead, 'another'), 0],
    ['one of no token', () => overField(dead, undefined), 0],
    ['no time', taskToken => ({ ...overField(dead, taskToken), at: 7 }), 0],
    ['no object', () => 'over', 0]
  ]
  for (const [title, over, asked] of rows) {
    const all = await startBackground(t)
    const taskToken = all.asked('r')
    await all.takeBack()
    if (asked > 0) all.sfn.expire(taskToken)
    const value = over(taskToken)
    all.change('r', { over: value })
    await all.takeBack()
    await all.undecided.stop()
    t.strictSame(all.data('r')['over'], value, title)
    t.equal(all.sfn.calls.length, asked, title)
  }
})
