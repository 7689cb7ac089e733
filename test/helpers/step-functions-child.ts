import { createStepFunctions } from '../../src/stepfunctions/clients.ts'
import { activityArn, credentials, region } from './step-functions.ts'

// Delivers one answer, leaves a poll open, and closes when it is told to. Nothing that is left may
// keep the process alive.
const { url, taskToken } = JSON.parse(process.argv[2] ?? '{}') as { url: string; taskToken: string }
const stepFunctions = createStepFunctions({ credentials, endpoint: url, timeoutMs: 60_000 })
const poll = stepFunctions.polls.poll(activityArn, region)

process.once('message', () => {
  stepFunctions.close()
  process.disconnect()
})

await stepFunctions.deliver({ region, taskToken, result: { output: '{}' } })
await poll.catch(() => undefined)
