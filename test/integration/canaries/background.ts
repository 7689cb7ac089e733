import { setTimeout as sleep } from 'node:timers/promises'
import { activityArn, call } from '../../helpers/service.ts'
import { uri, type Stage } from './stage.ts'

/**
 * What fails while nobody asks: heartbeats, tasks without a record, decisions and tokens that Kinto
 * does not take, polls.
 */
export async function background(stage: Stage): Promise<void> {
  const { kinto, sfn, service } = stage
  const message = "Value 'CANARY-token' at 'taskToken' failed to satisfy constraint"

  sfn.scheduleActivity({ input: { id: 'nowhere', note: 'CANARY-input' } })
  while (!/tokens_held 1\n/.test((await call(`${service.adminUrl}/metrics`)).text)) await sleep(50)

  const end = sfn.fault('SendTaskHeartbeat', { error: 'ValidationException', message }, () => true)
  const beaten = sfn.called('SendTaskHeartbeat')
  const asked = await stage.ask({ id: 'beating', heartbeatSeconds: 1 })
  if (asked.status !== 201) throw new Error(`${asked.status} ${asked.text}`)
  await beaten
  end()

  const path = `/v1${uri('acting')}`
  kinto.store.put(uri('acting'), { activityArn }, { write: ['account:alice'] })
  sfn.scheduleActivity({ input: { id: 'acting' } })
  const stop = kinto.fault({ method: 'PATCH', path }, 503)
  await stage.give('acting')
  stop()

  const called = sfn.called('GetActivityTask')
  sfn.fault('GetActivityTask', { error: 'ValidationException', message })
  await called
}
