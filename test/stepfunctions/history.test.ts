import t from 'tap'
import { start } from './histories.ts'

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
