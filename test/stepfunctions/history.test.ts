import t from 'tap'
import { deliver } from '../../src/stepfunctions/delivery.ts'
import { readHistory } from '../../src/stepfunctions/history.ts'
import { SdkClients } from '../../src/stepfunctions/sdk.ts'
import { credentials, region, startStepFunctions } from '../helpers/step-functions.ts'
import type { Test } from 'tap'
import type { ExecutionHistory } from '../../src/stepfunctions/history.ts'

async function start(t: Test) {
  const sfn = await startStepFunctions(t)
  const clients = new SdkClients({ credentials, endpoint: sfn.url, timeoutMs: 3000 })
  t.teardown(() => {
    clients.close()
  })
  const read = async (executionArn: string, timeoutMs = 3000): Promise<ExecutionHistory> =>
    await readHistory(clients, { region, executionArn, timeoutMs })
  const failure = async (executionArn: string, timeoutMs?: number): Promise<unknown> =>
    await read(executionArn, timeoutMs).then(
      () => t.fail('no failure'),
      (error: unknown) => error
    )
  const answer = async (
    taskToken: string,
    result: { output: string } | { error: string; cause: string }
  ): Promise<unknown> => await deliver(clients, { region, taskToken, result })
  return { sfn, read, failure, answer }
}

t.test('a step that waits, and how it is answered', async t => {
  const { sfn, read, answer } = await start(t)
  const { taskToken, executionArn } = sfn.waitCallback({ parameters: () => ({ record: 'r1' }) })
  t.strictSame(await read(executionArn), {
    execution: 'running',
    steps: [{ input: '{"record":"r1"}', result: undefined }],
    complete: true
  })
  await answer(taskToken, { output: '{"n": 1.0}' })
  t.match(await read(executionArn), {
    execution: 'succeeded',
    steps: [{ result: { kind: 'succeeded', output: '{"n": 1.0}', at: Date } }],
    complete: true
  })
  t.strictSame(
    new Set(sfn.calls.map(({ operation }) => operation)),
    new Set(['GetExecutionHistory', 'SendTaskSuccess']),
    'no other right is needed'
  )
})

t.test('how an execution ends', async t => {
  const { sfn, read, answer } = await start(t)
  const failed = sfn.waitCallback()
  await answer(failed.taskToken, { error: 'Not signing off', cause: '{}' })
  t.match(await read(failed.executionArn), {
    execution: 'failed',
    steps: [{ result: { kind: 'failed', error: 'Not signing off', cause: '{}' } }]
  })
  const expired = sfn.waitCallback()
  sfn.expire(expired.taskToken)
  t.match(await read(expired.executionArn), {
    execution: 'failed',
    steps: [{ result: { kind: 'timed out' } }]
  })
  const stopped = sfn.waitCallback()
  sfn.stop(stopped.executionArn)
  t.match(await read(stopped.executionArn), {
    execution: 'aborted',
    steps: [{ result: undefined }]
  })
  const timedOut = sfn.waitCallback()
  sfn.timeOut(timedOut.executionArn)
  t.match(await read(timedOut.executionArn), { execution: 'timed out' })
})

t.test('reads several pages, but not without end', async t => {
  const { sfn, read, answer } = await start(t)
  let { taskToken, executionArn } = sfn.waitCallback({ input: { turn: 0 }, stayOpen: true })
  const loop = async (turns: number): Promise<void> => {
    for (let turn = 0; turn < turns; turn++) {
      await answer(taskToken, { output: `${turn}` })
      taskToken = sfn.waitCallback({ executionArn }).taskToken
    }
  }
  await loop(50)
  const some = await read(executionArn)
  t.match(some, { execution: 'running', complete: true, steps: { length: 51 } })
  t.match(some.steps[1]?.result, { output: '49' }, 'newest first')
  await loop(150)
  const cut = await read(executionArn)
  t.equal(cut.complete, false)
  t.match(cut.steps[1]?.result, { output: '149' })
  t.equal(sfn.callsOf('GetExecutionHistory').length, 2 + 5)
})

t.test('tries again, within the time', async t => {
  const { sfn, read, failure } = await start(t)
  const { executionArn } = sfn.waitCallback()
  sfn.fault('GetExecutionHistory', 'ThrottlingException')
  sfn.fault('GetExecutionHistory', '502 after')
  t.match(await read(executionArn), { execution: 'running' })
  sfn.fault('GetExecutionHistory', 'hang before', Infinity)
  t.match(await failure(executionArn, 200), { name: 'StepFunctionsError', fault: 'unknown' })
})

t.test('says why it cannot be read', async t => {
  const { sfn, failure } = await start(t)
  const { executionArn } = sfn.waitCallback()
  t.match(await failure(`${executionArn}x`), { fault: 'not found', code: 'ExecutionDoesNotExist' })
  sfn.fault('GetExecutionHistory', 'AccessDeniedException')
  t.match(await failure(executionArn), { fault: 'refused' })
  t.match(await failure(executionArn, 0), { fault: 'unsent' })
})

t.test('an answer without events, as no service should give it', async t => {
  const { sfn, read } = await start(t)
  const { executionArn } = sfn.waitCallback()
  sfn.fault('GetExecutionHistory', { reply: '{}', status: 200 })
  t.strictSame(await read(executionArn), { execution: 'running', steps: [], complete: true })
})
