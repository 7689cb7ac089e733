import t, { type Test } from 'tap'
import { answer, startAll, type Called } from '../helpers/service.ts'
import type { Fault } from '../helpers/step-functions.ts'
import {
  accepted,
  agreed,
  held,
  operations,
  record,
  repeated,
  told,
  unknown,
  unrecorded,
  untouched,
  verbs,
  writers,
  type Verb
} from './stage.ts'

// One attempt is cut after two thirds of a second.
const quick = { env: { AWS_TIMEOUT_SECONDS: '2' } }

// Most of these tests wait for something that never comes.
const parallel = { buffered: true }
t.jobs = 4

const faults = [
  ['a reset', 'reset'],
  ['no reply', 'hang'],
  ['a 500', '500'],
  ['a 502 in HTML', '502'],
  ['truncated JSON with status 200', 'garbled'],
  ['a 200 whose body stops', 'half']
] as const

/** One answer whose first report goes wrong. */
async function run(t: Test, said: Verb, fault: Fault, history: boolean) {
  const all = await startAll(t, quick)
  const { taskToken, executionArn } = all.sfn.waitCallback()
  all.kinto.store.put(record, history ? { taskToken, executionArn } : { taskToken }, writers)
  all.sfn.fault(operations[said], fault)
  const reply = await answer(all, record, { answer: said })
  return { all, reply, executionArn, reports: all.sfn.callsOf(operations[said]).length }
}

function withOrWithout(history: boolean): string {
  return history ? 'with executionArn' : 'without'
}

for (const said of verbs) {
  for (const [kind, fault] of faults) {
    const lost = `${said}, ${kind}`
    for (const history of [true, false]) {
      t.test(
        `${lost} before it was applied, ${withOrWithout(history)}: reported again, and taken`,
        parallel,
        async t => {
          const { all, reply, executionArn, reports } = await run(
            t,
            said,
            `${fault} before`,
            history
          )
          t.strictSame(told(reply), accepted(said))
          t.strictSame(held(all, executionArn), agreed(said))
          t.equal(reports, 2)
        }
      )
    }

    t.test(
      `${lost} after it was applied, with executionArn: the history shows that it was taken`,
      parallel,
      async t => {
        const { all, reply, executionArn, reports } = await run(t, said, `${fault} after`, true)
        t.strictSame(told(reply), accepted(said))
        t.strictSame(held(all, executionArn), agreed(said))
        t.equal(reports, 2)
        t.strictSame(told(await answer(all, record, { answer: said }, 'bob')), repeated(said))
      }
    )

    t.test(
      `${lost} after it was applied, without: nobody knows, and that is said`,
      parallel,
      async t => {
        const { all, reply, executionArn } = await run(t, said, `${fault} after`, false)
        t.strictSame(told(reply), unknown)
        t.strictSame(held(all, executionArn), unrecorded(said))
      }
    )
  }
}

t.test('an answer that nobody knows of, repeated', parallel, async t => {
  const all = await startAll(t, quick)
  const { taskToken, executionArn } = all.sfn.waitCallback()
  all.kinto.store.put(record, { taskToken }, writers)
  all.sfn.fault('SendTaskSuccess', 'reset after')
  t.strictSame(told(await answer(all, record, { answer: 'SUCCEED' })), unknown)
  const again = await answer(all, record, { answer: 'SUCCEED' })
  t.strictSame(told(again), { status: 410, retry: false })
  t.match(again.body.message, /may have been answered elsewhere, it may have expired/)
  t.strictSame(held(all, executionArn), unrecorded('SUCCEED'), 'no wrong yes, no wrong no')
})

t.test('every reply lost until the time is up', parallel, async t => {
  const all = await startAll(t, { env: { AWS_TIMEOUT_SECONDS: '1' } })
  const { kinto, sfn } = all
  const run = async (
    fault: Fault,
    history: boolean
  ): Promise<{ reply: Called; executionArn: string }> => {
    const { taskToken, executionArn } = sfn.waitCallback()
    kinto.store.put(record, history ? { taskToken, executionArn } : { taskToken }, writers)
    const end = sfn.fault('SendTaskSuccess', fault, () => true)
    const reply = await answer(all, record, { answer: 'SUCCEED' })
    end()
    return { reply, executionArn }
  }

  await t.test('it was applied, with executionArn: taken', async t => {
    const { reply, executionArn } = await run('reset after', true)
    t.strictSame(told(reply), accepted('SUCCEED'))
    t.strictSame(held(all, executionArn), agreed('SUCCEED'))
  })

  await t.test('it was applied, without: unknown', async t => {
    const { reply, executionArn } = await run('reset after', false)
    t.strictSame(told(reply), unknown)
    t.strictSame(held(all, executionArn), unrecorded('SUCCEED'))
  })

  for (const history of [true, false]) {
    await t.test(
      `it was never applied, ${withOrWithout(history)}: unknown, and repeating it is safe`,
      async t => {
        const { reply, executionArn } = await run('reset before', history)
        t.strictSame(told(reply), unknown)
        t.strictSame(held(all, executionArn), untouched)
        t.strictSame(told(await answer(all, record, { answer: 'SUCCEED' })), accepted('SUCCEED'))
        t.strictSame(held(all, executionArn), agreed('SUCCEED'))
      }
    )
  }
})
