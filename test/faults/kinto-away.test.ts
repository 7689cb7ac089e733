import t, { type Test } from 'tap'
import { answer, as, startAll } from '../helpers/service.ts'
import {
  accepted,
  agreed,
  conflict,
  held,
  operations,
  own,
  record,
  repeated,
  told,
  unrecorded,
  untouched,
  writers,
  type Verb
} from './stage.ts'

const accounts: [title: string, env: Record<string, string>][] = [
  ['as the caller', {}],
  ['by kinto_authorization', own]
]
const parallel = { buffered: true }
t.jobs = 4

const path = `/v1${record}`

/**
 * A record that waits. `afterReport` plans something that happens when Step Functions has its
 * answer, before that is recorded.
 */
async function startStep(t: Test, env: Record<string, string> = {}) {
  const all = await startAll(t, { env })
  const step = all.sfn.waitCallback()
  all.kinto.store.put(record, { taskToken: step.taskToken }, writers)
  const afterReport = (said: Verb, happen: () => void): void => {
    all.sfn.fault(operations[said], { until: all.sfn.called(operations[said]).then(happen) })
  }
  return { ...all, ...step, afterReport }
}

for (const [title, env] of accounts) {
  t.test(
    `Kinto dies between report and update, for 1 s, ${title}: the caller waits, and it is recorded`,
    parallel,
    async t => {
      const all = await startStep(t, env)
      const back = Promise.withResolvers<void>()
      all.afterReport('SUCCEED', () => {
        all.kinto.down()
        setTimeout(() => {
          back.resolve(all.kinto.up())
        }, 1_000)
      })
      t.strictSame(told(await answer(all, record, { answer: 'SUCCEED' })), accepted('SUCCEED'))
      await back.promise
      t.strictSame(held(all, all.executionArn), agreed('SUCCEED'))
      t.equal(all.sfn.callsOf('SendTaskSuccess').length, 1)
    }
  )

  t.test(`the update is lost on its way, ${title}: sent again`, parallel, async t => {
    for (const fault of ['reset', 'lose', 'garbage', 'hang', 500, 503] as const) {
      await t.test(String(fault), async t => {
        const all = await startStep(t, { ...env, KINTO_TIMEOUT_SECONDS: '1' })
        all.kinto.fault({ method: 'PATCH', path, nth: 2 }, fault)
        t.strictSame(told(await answer(all, record, { answer: 'FAIL' })), accepted('FAIL'))
        t.strictSame(held(all, all.executionArn), agreed('FAIL'))
      })
    }
  })
}

t.test('Kinto dies between report and update, for good', async t => {
  const lost = { status: 503, retry: true, reported: 'yes' }
  const [caller, account] = await Promise.all(
    accounts.map(async ([, env]) => {
      const all = await startStep(t, env)
      all.afterReport('SUCCEED', all.kinto.down)
      const reply = told(await answer(all, record, { answer: 'SUCCEED' }))
      return { ...all, reply, before: held(all, all.executionArn) }
    })
  )
  if (caller === undefined || account === undefined) throw new TypeError('two accounts')

  await t.test('as the caller: said, and recorded when it is repeated', async t => {
    t.strictSame(caller.reply, lost)
    t.strictSame(caller.before, unrecorded('SUCCEED'))
    await caller.kinto.up()
    t.strictSame(
      told(await answer(caller, record, { answer: 'SUCCEED' }, 'bob')),
      repeated('SUCCEED')
    )
    t.strictSame(held(caller, caller.executionArn), agreed('SUCCEED'))
    t.strictSame(told(await answer(caller, record, { answer: 'FAIL' }, 'bob')), conflict('SUCCEED'))
    t.equal(caller.sfn.calls.length, 1)
  })

  await t.test(
    'by kinto_authorization: said, and recorded when Kinto is back, whoever asks',
    async t => {
      t.strictSame(account.reply, lost)
      t.strictSame(account.before, unrecorded('SUCCEED'))
      await account.kinto.up()
      await account.kinto.store.reaches(record, ({ status }) => status !== undefined)
      t.strictSame(held(account, account.executionArn), agreed('SUCCEED'))
      t.equal(account.sfn.callsOf('SendTaskSuccess').length, 1)
    }
  )
})

t.test(
  'Kinto dies for good, and the other answer comes when it is back: ' +
    'refused, and the record shows the first',
  async t => {
    const all = await startStep(t)
    all.afterReport('FAIL', () => {
      all.kinto.store.collections.clear()
    })
    t.strictSame(told(await answer(all, record, { answer: 'FAIL' })), {
      status: 503,
      retry: false,
      reported: 'yes'
    })
    all.kinto.store.put(record, { taskToken: all.taskToken }, writers)
    t.strictSame(told(await answer(all, record, { answer: 'SUCCEED' }, 'bob')), conflict('FAIL'))
    t.strictSame(held(all, all.executionArn), agreed('FAIL'))
  }
)

t.test('Kinto away before the report: nothing is reported', async t => {
  for (const [method, url] of [
    ['GET', path],
    ['PATCH', path],
    ['GET', '/v1/']
  ] as const) {
    const all = await startStep(t)
    const end = all.kinto.fault({ method, path: url }, 'reset')
    t.strictSame(told(await answer(all, record, { answer: 'SUCCEED' })), {
      status: 503,
      retry: true
    })
    t.strictSame(held(all, all.executionArn), untouched)
    end()
    t.strictSame(told(await answer(all, record, { answer: 'SUCCEED' })), accepted('SUCCEED'))
    t.strictSame(held(all, all.executionArn), agreed('SUCCEED'))
  }
})

t.test('the account of kinto_authorization has no right: recorded as the caller', async t => {
  const all = await startStep(t, { KINTO_AUTHORIZATION: as('nobody') })
  t.strictSame(told(await answer(all, record, { answer: 'SUCCEED' })), accepted('SUCCEED'))
  t.strictSame(held(all, all.executionArn), agreed('SUCCEED'))
})
