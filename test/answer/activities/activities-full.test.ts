import t from 'tap'
import { Activities } from '../../../src/answer/activities/activities.ts'
import { startKinto } from '../../helpers/kinto.ts'
import { createParts } from '../../helpers/parts.ts'
import { activityArn, region, startStepFunctions } from '../../helpers/step-functions.ts'

t.test('only so many wait at one time', async t => {
  const [kinto, sfn] = await Promise.all([startKinto(t), startStepFunctions(t)])
  sfn.createActivity()
  const { stepFunctions, reader, session, log } = createParts(t, { kinto, sfn })
  const activities = new Activities({
    polls: stepFunctions.polls,
    stepFunctions,
    reader,
    serviceAccount: undefined,
    resources: [],
    waitMs: 60_000,
    log
  })
  const controller = new AbortController()
  const take = (record: string) =>
    activities.take(activityArn, {
      step: { region },
      ref: { version: 'v1', bucket: 'b', collection: 'c', record },
      dead: undefined,
      clientGone: controller.signal,
      timeLeft: () => 60_000,
      mayWait: true,
      session: session()
    })
  const waiting = Promise.allSettled(
    Array.from({ length: 1_000 }, (_none, index) => take(`r${index}`))
  )
  await t.rejects(take('one-more'), { name: 'Refusal', message: /Too many/ })
  await sfn.pollsReach(1)
  controller.abort()
  t.ok((await waiting).every(({ status }) => status === 'rejected'))
  sfn.disconnect()
  await activities.stopPolling()
  await t.rejects(take('too-late'), { name: 'Refusal', message: /stopping/ })
})
