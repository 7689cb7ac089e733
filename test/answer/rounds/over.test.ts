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
  const all = await startBackground(t, { timeoutMs: 30_000 })
  const taskToken = all.asked('r', { heartbeatSeconds: 60, ...fields })
  all.sfn.expire(taskToken)
  return { ...all, taskToken }
}

/** Rounds of heartbeats, until one told what it should. On a busy machine one may take too long. */
async function beatUntil(all: Background, isDone: () => boolean): Promise<void> {
  while (!isDone()) {
    await all.beat()
    await all.overNotes.stop()
  }
}

t.test('a heartbeat that finds a token dead is noted in its record', parallel, async t => {
  const all = await over(t)
  await beatUntil(all, () => isNoted(all.data('r')))
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
    await beatUntil(all, () => all.said(/could not be noted/))
    const line = all.lines.find(({ msg }) => /could not be noted/.test(String(msg)))
    t.match(line, { level: 40, record: all.uri('r') })
    t.notMatch(JSON.stringify(all.lines), all.taskToken)
  }
})

t.test('so many at one time, and none without an account', parallel, async t => {
  const all = await startBackground(t, { timeoutMs: 30_000 })
  const { promise, resolve } = Promise.withResolvers<undefined>()
  for (let index = 0; index < 20; index++) all.asked(`r${index}`)
  const seen = (await all.look()).flatMap(look => look.seen)
  all.kinto.fault({ method: 'GET', path: /records\/r\d+$/ }, promise)
  for (const glance of seen) all.overNotes.note(glance, { taskToken: glance.taskToken, ...dead })
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

t.test('a workflow that ended before a task came', parallel, async t => {
  const all = await startBackground(t, { timeoutMs: 30_000 })
  all.asked('r')
  all.change('r', { taskToken: null, activityArn })
  const [, , bucket = '', , collection = ''] = all.uri('r').split('/')
  const ref = { version: 'v1', bucket, collection, record: 'r' }
  const glance = createParts(t).reader.glance(ref, { activityArn })
  const ended = { taskToken: undefined, reason: 'The workflow was stopped.' }
  for (const isWorkflowOver of [false, true]) {
    all.overNotes.note(glance, { ...ended, isWorkflowOver })
    await all.overNotes.stop()
    t.equal(isNoted(all.data('r')), isWorkflowOver)
  }
})

t.test('beside a token that is alive it is taken out', parallel, async t => {
  for (const status of [undefined, 'UNANSWERED', 'SUCCEED']) {
    const all = await startBackground(t, { timeoutMs: 30_000 })
    const taskToken = all.asked('r')
    await all.takeBack()
    do {
      all.change('r', { over: overField(dead, taskToken), ...(status !== undefined && { status }) })
      await all.takeBack()
      await all.undecided.stop()
    } while ((all.data('r')['over'] ?? null) !== null)
    t.equal(all.data('r')['status'], status === 'SUCCEED' ? 'UNANSWERED' : status)
    t.equal(all.takenBack(), status === 'SUCCEED' ? 1 : 0)
    t.ok(all.said(status === 'SUCCEED' ? /nobody has answered/ : /said that its step was over/))
  }
})

t.test('left where it is', parallel, async t => {
  const rows: [title: string, over: (taskToken: string) => unknown, isAsked: boolean][] = [
    ['beside a token that is dead', taskToken => overField(dead, taskToken), true],
    ['one of another token', () => overField(dead, 'another'), false],
    ['one of no token', () => overField(dead, undefined), false],
    ['no time', taskToken => ({ ...overField(dead, taskToken), at: 7 }), false],
    ['no object', () => 'over', false]
  ]
  for (const [title, over, isAsked] of rows) {
    const all = await startBackground(t, { timeoutMs: 30_000 })
    const taskToken = all.asked('r')
    await all.takeBack()
    if (isAsked) all.sfn.expire(taskToken)
    const value = over(taskToken)
    all.change('r', { over: value })
    await all.takeBack()
    await all.undecided.stop()
    t.strictSame(all.data('r')['over'], value, title)
    t.equal(all.sfn.calls.length > 0, isAsked, title)
  }
})
