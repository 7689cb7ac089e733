import t from 'tap'
import { deliver } from '../../src/stepfunctions/delivery.ts'
import { Histories, type HistoryRequest } from '../../src/stepfunctions/history.ts'
import { SdkClients } from '../../src/stepfunctions/sdk.ts'
import { credentials, region, startStepFunctions } from '../helpers/step-functions.ts'
import type { Test } from 'tap'
import type { ExecutionHistory } from '../../src/stepfunctions/history.ts'

async function start(t: Test, timeoutMs = 3000) {
  const sfn = await startStepFunctions(t)
  const clients = new SdkClients({ credentials, endpoint: sfn.url, timeoutMs })
  t.teardown(() => {
    clients.close()
  })
  const histories = new Histories(clients)
  const read = async (
    executionArn: string,
    timeoutMs = 3000,
    suffices?: HistoryRequest['suffices']
  ): Promise<ExecutionHistory> =>
    await histories.read({ region, executionArn, timeoutMs, ...(suffices && { suffices }) })
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

/** An execution whose step comes round this often, answered each time but the last. */
async function looped(
  { sfn }: Awaited<ReturnType<typeof start>>,
  turns: number
): Promise<{ executionArn: string; go: (turns: number) => void }> {
  let { taskToken, executionArn } = sfn.waitCallback({ input: { turn: 0 }, stayOpen: true })
  let turn = 0
  const go = (turns: number): void => {
    for (const end = turn + turns; turn < end; turn++) {
      sfn.answer(taskToken, { output: `${turn}` })
      taskToken = sfn.waitCallback({ executionArn }).taskToken
    }
  }
  go(turns)
  return { executionArn, go }
}

const outputs = ({ steps }: ExecutionHistory): (string | undefined)[] =>
  steps.map(({ result }) => (result?.kind === 'succeeded' ? result.output : undefined))

t.test('all of the longest history that there can be; then only what is new', async t => {
  const all = await start(t, 60_000)
  const { sfn, read } = all
  const { executionArn, go } = await looped(all, 4_165)
  const length = sfn.execution(executionArn).events.length
  t.ok(length > 24_000 && length <= 25_000, `${length} events`)
  const whole = await read(executionArn, 60_000)
  t.match(whole, { execution: 'running', complete: true, steps: { length: 4_166 } })
  t.equal(outputs(whole)[1], '4164', 'newest first')
  t.equal(outputs(whole).at(-1), '0')
  const calls = sfn.callsOf('GetExecutionHistory').length
  t.ok(calls <= 1 + 25, `${calls} calls`)
  go(2)
  const again = await read(executionArn)
  t.match(again, { complete: true, steps: { length: 4_168 } })
  t.strictSame(outputs(again).slice(0, 4), [undefined, '4166', '4165', '4164'])
  t.equal(outputs(again).at(-1), '0')
  t.equal(sfn.callsOf('GetExecutionHistory').length, calls + 1)
})

t.test('no further back than it takes, and on from there the next time', async t => {
  const all = await start(t)
  const { sfn, read } = all
  const { executionArn, go } = await looped(all, 300)
  const reaches =
    (output: string) =>
    (history: ExecutionHistory): boolean =>
      outputs(history).includes(output)
  t.match(await read(executionArn, 3_000, reaches('299')), { complete: false })
  t.equal(sfn.callsOf('GetExecutionHistory').length, 1)
  go(1)
  t.match(await read(executionArn, 3_000, reaches('200')), { complete: false })
  t.equal(sfn.callsOf('GetExecutionHistory').length, 3)
  const whole = await read(executionArn)
  t.match(whole, { complete: true, steps: { length: 302 } })
  t.equal(sfn.callsOf('GetExecutionHistory').length, 5)
  t.strictSame(
    outputs(whole),
    [undefined, ...Array.from({ length: 301 }, (_none, turn) => `${300 - turn}`)],
    'each step once'
  )
})

t.test('much that is new since the last time', async t => {
  const all = await start(t)
  const { sfn, read } = all
  const { executionArn, go } = await looped(all, 60)
  t.match(await read(executionArn), { complete: true })
  go(300)
  t.match(await read(executionArn), { complete: true, steps: { length: 361 } })
  t.equal(sfn.callsOf('GetExecutionHistory').length, 2 + 3, 'read until it joins what is known')
})

t.test('calls for one execution at the same time share what they read', async t => {
  const all = await start(t)
  const { executionArn } = await looped(all, 400)
  const [one, two] = await Promise.all([all.read(executionArn), all.read(executionArn)])
  t.strictSame(one, two)
  t.equal(all.sfn.callsOf('GetExecutionHistory').length, 4 + 1)
  all.sfn.fault('GetExecutionHistory', 'AccessDeniedException')
  const [refused, other] = await Promise.allSettled([
    all.read(executionArn),
    all.read(executionArn)
  ])
  t.match([refused.status, other.status], ['rejected', 'fulfilled'])
})

t.test(
  'what lies further back cannot be read: what was read counts, and is not complete',
  async t => {
    const all = await start(t)
    const { executionArn } = await looped(all, 100)
    const end = all.sfn.fault(
      'GetExecutionHistory',
      'AccessDeniedException',
      ({ input }) => 'nextToken' in input
    )
    t.match(await all.read(executionArn), { execution: 'running', complete: false })
    end()
    t.match(await all.read(executionArn), { complete: true, steps: { length: 101 } })
  }
)

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
