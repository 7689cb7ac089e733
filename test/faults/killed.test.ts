import t from 'tap'
import { answer } from '../helpers/service.ts'
import {
  accepted,
  agreed,
  conflict,
  held,
  own,
  record,
  repeated,
  startParts,
  startReplica,
  told,
  unrecorded,
  untouched,
  verbs,
  writers
} from './stage.ts'

const path = `/v1${record}`

for (const said of verbs) {
  t.test(
    `kill -9 while Kinto holds the update of a SUCCEED, then ${said} to a new process`,
    async t => {
      for (const [title, env] of [
        ['as the caller', {}],
        ['by kinto_authorization', own]
      ] as const) {
        await t.test(`with executionArn, ${title}: the history tells`, async t => {
          const { parts, executionArn, service } = await killed(t, true, env)
          t.strictSame(
            told(await answer(service, record, { answer: said }, 'bob')),
            said === 'SUCCEED' ? repeated('SUCCEED') : conflict('SUCCEED')
          )
          t.strictSame(held(parts, executionArn), agreed('SUCCEED'))
        })
      }

      await t.test('without: nothing more can be known', async t => {
        const { parts, executionArn, service } = await killed(t, false)
        const reply = await answer(service, record, { answer: said }, 'bob')
        t.strictSame(told(reply), { status: 410, retry: false })
        t.match(reply.body.message, /may have been answered elsewhere/)
        t.strictSame(held(parts, executionArn), unrecorded('SUCCEED'))
      })
    }
  )
}

/**
 * Kills a process when Step Functions has taken an answer that is not recorded yet, and starts
 * another process.
 */
async function killed(
  t: Parameters<typeof startParts>[0],
  history: boolean,
  env: Record<string, string> = {}
) {
  const parts = await startParts(t)
  const { taskToken, executionArn } = parts.sfn.waitCallback()
  parts.kinto.store.put(record, history ? { taskToken, executionArn } : { taskToken }, writers)
  const end = parts.kinto.fault({ method: 'PATCH', path, nth: 2 }, 'hang')
  const service = await startReplica(t, parts, env)
  const probe = parts.kinto.requested({ method: 'PATCH', path })
  const update = probe.then(() => parts.kinto.requested({ method: 'PATCH', path }))
  const lost = t.rejects(answer(service, record, { answer: 'SUCCEED' }), 'the caller gets no reply')
  await update
  service.kill('SIGKILL')
  await Promise.all([service.exited, lost])
  t.strictSame(held(parts, executionArn), unrecorded('SUCCEED'))
  end()
  return { parts, executionArn, service: await startReplica(t, parts, env) }
}

t.test('kill -9 while the report is on its way: the next process reports', async t => {
  const parts = await startParts(t)
  const { taskToken, executionArn } = parts.sfn.waitCallback()
  parts.kinto.store.put(record, { taskToken }, writers)
  parts.sfn.fault('SendTaskSuccess', 'hang before')
  const service = await startReplica(t, parts)
  const report = parts.sfn.called('SendTaskSuccess')
  const lost = t.rejects(answer(service, record, { answer: 'SUCCEED' }), 'the caller gets no reply')
  await report
  service.kill('SIGKILL')
  await Promise.all([service.exited, lost])
  t.strictSame(held(parts, executionArn), untouched)
  const next = await startReplica(t, parts)
  t.strictSame(
    told(await answer(next, record, { answer: 'FAIL' }, 'bob')),
    accepted('FAIL', 'account:bob')
  )
  t.strictSame(held(parts, executionArn), agreed('FAIL', 'account:bob'))
})
