import t from 'tap'
import { activityArn } from '../helpers/service.ts'
import { own, startParts, startReplica } from './stage.ts'
import { answerThousand, askThousand, records } from './thousand.ts'

const answers = 'answered by 50 clients in shuffled order'

t.test(`${records} records wait on one activity, ${answers}, polled when asked`, async t => {
  const parts = await startParts(t, { pollMs: 1_000 })
  const asked = askThousand(parts)
  const service = await startReplica(t, parts, { ACTIVITY_WAIT_SECONDS: '45' })
  await answerThousand(t, parts, service, asked)
})

t.test(`${records} records wait on one activity, ${answers}, polled all the time`, async t => {
  const parts = await startParts(t, { pollMs: 1_000 })
  const asked = askThousand(parts)
  const service = await startReplica(t, parts, { ...own, ACTIVITIES: activityArn })
  // Not all tokens must be there yet: an answer that comes before its token waits for it.
  for (const { uri } of asked.slice(0, records * 0.7))
    await parts.kinto.store.reaches(uri, ({ taskToken }) => taskToken !== undefined)
  await answerThousand(t, parts, service, asked)
})
