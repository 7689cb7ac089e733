import t from 'tap'
import { tokenIn } from '../helpers/sealed.ts'
import { activityArn, answer, collection, stateMachineArn } from '../helpers/service.ts'
import {
  accepted,
  agreed,
  held,
  own,
  record,
  startParts,
  startReplica,
  told,
  untouched,
  writers,
  type Parts
} from './stage.ts'

// If a heartbeat never comes, the timeout ends the test.
const parallel = { buffered: true, timeout: 60_000 }
t.jobs = 4

/** Resolves with the next heartbeat of a token. */
async function beat({ sfn }: Parts, taskToken: unknown): Promise<void> {
  for (;;) if ((await sfn.called('SendTaskHeartbeat')).input['taskToken'] === taskToken) return
}

for (const kind of ['away', 'silent'] as const) {
  t.test(
    `a record with heartbeatSeconds gets heartbeats until it is answered, Kinto ${kind} or not`,
    parallel,
    async t => {
      const parts = await startParts(t)
      const { kinto, sfn } = parts
      const { taskToken, executionArn } = sfn.waitCallback()
      kinto.store.put(record, { taskToken, stateMachineArn, heartbeatSeconds: 15 }, writers)
      const first = beat(parts, taskToken)
      const service = await startReplica(t, parts, own)
      await first
      t.strictSame(held(parts, executionArn), untouched)
      const back = Promise.withResolvers<void>()
      if (kind === 'away') kinto.down()
      else kinto.fault({ path: /collections/ }, back.promise)
      await beat(parts, taskToken)
      if (kind === 'away') await kinto.up()
      else back.resolve()
      t.strictSame(told(await answer(service, record, { answer: 'SUCCEED' })), accepted('SUCCEED'))
      t.strictSame(held(parts, executionArn), agreed('SUCCEED'))
      service.kill('SIGTERM')
      t.equal(await service.exited, 0)
    }
  )
}

t.test('a token that is held because Kinto takes no changes gets them too', parallel, async t => {
  const parts = await startParts(t, { pollMs: 1_000 })
  const { kinto, sfn } = parts
  const uri = `${collection}/records/later`
  kinto.store.put(uri, { activityArn, heartbeatSeconds: 15 }, writers)
  const end = kinto.fault({ method: 'PATCH', path: `/v1${uri}` }, 503)
  const { executionArn } = sfn.scheduleActivity({ input: { record: uri } })
  const first = sfn.called('SendTaskHeartbeat')
  const service = await startReplica(t, parts, { ...own, ACTIVITIES: activityArn })
  const { input } = await first
  t.strictSame(held(parts, executionArn, uri), untouched)
  end()
  await kinto.store.reaches(uri, ({ taskToken }) => tokenIn(uri, taskToken) === input['taskToken'])
  t.strictSame(told(await answer(service, uri, { answer: 'FAIL' })), accepted('FAIL'))
  t.strictSame(held(parts, executionArn, uri), agreed('FAIL'))
})
