import { once } from 'node:events'
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { createStepFunctions } from '../../src/stepfunctions/clients.ts'
import { activityArn, credentials, region, startStepFunctions } from '../helpers/step-functions.ts'

t.test('delivers, reads the history and polls', async t => {
  const sfn = await startStepFunctions(t)
  sfn.createActivity()
  const stepFunctions = createStepFunctions({ credentials, endpoint: sfn.url, timeoutMs: 2000 })
  t.teardown(() => {
    stepFunctions.close()
  })
  t.equal(stepFunctions.timeoutMs, 2000)
  const { executionArn } = sfn.scheduleActivity({ input: 'in' })
  const task = await stepFunctions.polls.poll(activityArn, region)
  t.strictSame(
    await stepFunctions.deliver({
      region,
      taskToken: task?.taskToken ?? '',
      result: { output: '1' }
    }),
    { outcome: 'accepted' }
  )
  t.match(await stepFunctions.readHistory({ region, executionArn, timeoutMs: 2000 }), {
    execution: 'succeeded',
    steps: [{ input: '"in"' }]
  })
})

t.test('closing ends what is open, and lets the process end', async t => {
  const sfn = await startStepFunctions(t)
  sfn.createActivity()
  const { taskToken, executionArn } = sfn.waitCallback()
  const child = fork(fileURLToPath(import.meta.resolve('../helpers/step-functions-child.ts')), [
    JSON.stringify({ url: sfn.url, taskToken })
  ])
  t.teardown(() => child.kill())
  await sfn.pollsReach(1)
  await sfn.finished(executionArn)
  child.send('close')
  t.strictSame(await once(child, 'exit'), [0, null])
})
