import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import {
  activityArn,
  answer,
  call,
  collection,
  startAll,
  startService
} from '../helpers/service.ts'
import type { StepFunctionsEndpoint } from '../helpers/step-functions.ts'
import { accepted, own, repeated, told, writers } from './stage.ts'

t.jobs = 4
const parallel = { buffered: true }

const secret = { SEAL_SECRET: '5ea1'.repeat(16) }
const uri = (id: string): string => `${collection}/records/${id}`

/** How a step comes round again after its first answer, which was FAIL. */
interface Way {
  /** Schedules the first turn. */
  begin: (sfn: StepFunctionsEndpoint, input: object) => { executionArn: string }
  /** Lets it come round. @returns the execution that asks again */
  again: (sfn: StepFunctionsEndpoint, input: object, executionArn: string) => string
}

const schedule = (sfn: StepFunctionsEndpoint, input: object, executionArn?: string): string =>
  sfn.scheduleActivity({ input, ...(executionArn !== undefined && { executionArn }) }).executionArn

const ways: Record<string, Way> = {
  Retry: {
    begin: (sfn, input) =>
      sfn.scheduleActivity({
        input,
        next: end => ('error' in end ? { activityArn, input } : undefined)
      }),
    again: (_sfn, _input, executionArn) => executionArn
  },
  'Catch, and a loop': {
    begin: (sfn, input) => sfn.scheduleActivity({ input, stayOpen: true }),
    again: schedule
  },
  redrive: {
    begin: (sfn, input) => sfn.scheduleActivity({ input }),
    again(sfn, input, executionArn) {
      sfn.redrive(executionArn)
      return schedule(sfn, input, executionArn)
    }
  },
  "one of a Map's iterations": {
    begin(sfn, input) {
      const map = sfn.scheduleActivity({ input, stayOpen: true })
      schedule(sfn, { id: randomUUID() }, map.executionArn)
      return map
    },
    again: schedule
  },
  'beside a parallel branch': {
    begin(sfn, input) {
      const { executionArn } = sfn.waitCallback({ stayOpen: true })
      return { executionArn: schedule(sfn, input, executionArn) }
    },
    again: schedule
  },
  'a new execution': {
    begin: (sfn, input) => sfn.scheduleActivity({ input }),
    again: (sfn, input) => schedule(sfn, input)
  }
}

/** How the record is made to wait again. */
const resets = { 'the status': {}, 'the status, and the token': { taskToken: '' } }

async function startActivity(t: Test, env: Record<string, string>) {
  const all = await startAll(t, { env: { ...env, ACTIVITY_WAIT_SECONDS: '2' }, pollMs: 300 })
  all.sfn.createActivity()
  const state = async (id: string, service: { url: string } = all): Promise<object> =>
    (await call(`${service.url}/v1${uri(id)}/stepfunction`, { user: 'alice' })).body.data
  const change = (id: string, fields: object): void => {
    const { data, permissions } = all.kinto.store.records.get(uri(id)) ?? {}
    all.kinto.store.put(uri(id), { ...data, ...fields }, permissions)
  }
  const data = (id: string): object => all.kinto.store.records.get(uri(id))?.data ?? {}
  return { ...all, state, change, data }
}

const yes = { answer: 'SUCCEED' }
const no = { answer: 'FAIL' }

for (const [sealing, env] of Object.entries({ 'in clear': {}, sealed: secret })) {
  for (const [name, way] of Object.entries(ways)) {
    for (const [reset, fields] of Object.entries(resets)) {
      // A sealed question belongs to its execution.
      if (sealing === 'sealed' && name === 'a new execution') continue
      t.test(`an activity, ${name}, ${sealing}: ${reset} set back`, parallel, async t => {
        const all = await startActivity(t, { ...own, ...env })
        const { sfn, state, data, change } = all
        const id = randomUUID()
        const { executionArn } = way.begin(sfn, { id })
        const question = { id, activityArn, executionArn, subject: 'Sign off?' }
        await call(`${all.url}/v1${collection}/stepfunction`, {
          method: 'POST',
          user: 'workflow',
          body: { data: question, permissions: writers }
        })
        t.strictSame(told(await answer(all, uri(id), no)), accepted('FAIL'))
        const latest = way.again(sfn, { id }, executionArn)

        t.match(await state(id), { state: 'failed', canAnswer: false }, 'before it is set back')
        t.strictSame(told(await answer(all, uri(id), no)), repeated('FAIL'))
        t.equal(sfn.callsOf('SendTaskFailure').length, 1, 'a repetition is not for the next turn')

        change(id, { status: 'UNANSWERED', executionArn: latest, ...fields })
        const another = await startService(t, all.kinto, sfn, { ...own, ...env })
        for (const service of [all, another])
          t.match(await state(id, service), { state: 'pending', canAnswer: true }, 'it waits')
        const chosen = name.length % 2 === 0 ? all : another
        t.strictSame(told(await answer(chosen, uri(id), yes)), accepted('SUCCEED'))
        t.match(data(id), { status: 'SUCCEED' })
        t.match(await state(id), { state: 'succeeded', canAnswer: false })
      })
    }
  }

  t.test(`an activity, ${sealing}: set back before it came round`, parallel, async t => {
    const all = await startActivity(t, { ...own, ...env })
    const { sfn, state, data, change } = all
    const id = randomUUID()
    const { executionArn } = sfn.scheduleActivity({ input: { id } })
    const question = { id, activityArn, executionArn, subject: 'Sign off?' }
    await call(`${all.url}/v1${collection}/stepfunction`, {
      method: 'POST',
      user: 'workflow',
      body: { data: question, permissions: writers }
    })
    await answer(all, uri(id), no)
    for (const fields of Object.values(resets)) {
      change(id, { status: 'UNANSWERED', ...fields })
      t.match(await state(id), { state: 'failed', canAnswer: false })
      t.match(await answer(all, uri(id), yes), { status: 409, body: { details: no } })
      t.strictSame(told(await answer(all, uri(id), no)), repeated('FAIL'))
      t.match(data(id), { status: 'UNANSWERED' }, 'what was set back stays so')
    }
  })
}

/** The same ways for callbacks: each turn has a token of its own. */
const callbackWays: Record<string, (sfn: StepFunctionsEndpoint, executionArn: string) => object> = {
  'Catch, and a loop': (sfn, executionArn) => sfn.waitCallback({ executionArn }),
  redrive(sfn, executionArn) {
    sfn.redrive(executionArn)
    return sfn.waitCallback({ executionArn })
  },
  'a new execution': sfn => sfn.waitCallback()
}

for (const [name, again] of Object.entries(callbackWays)) {
  t.test(`a callback, ${name}: the new token asks`, parallel, async t => {
    const all = await startActivity(t, own)
    const { sfn, state, data, change } = all
    const first = sfn.waitCallback({ stayOpen: name === 'Catch, and a loop' })
    all.kinto.store.put(uri('r1'), { ...first }, writers)
    t.strictSame(told(await answer(all, uri('r1'), no)), accepted('FAIL'))
    const next = again(sfn, first.executionArn)
    t.match(await state('r1'), { state: 'failed', canAnswer: false })
    t.strictSame(told(await answer(all, uri('r1'), no)), repeated('FAIL'))
    for (const status of ['FAIL', 'UNANSWERED']) {
      change('r1', { ...next, status })
      t.match(await state('r1'), { state: 'pending', canAnswer: true }, status)
    }
    t.strictSame(told(await answer(all, uri('r1'), yes)), accepted('SUCCEED'))
    t.match(data('r1'), { status: 'SUCCEED' })
  })
}
