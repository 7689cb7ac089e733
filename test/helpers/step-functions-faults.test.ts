import { SendTaskSuccessCommand } from '@aws-sdk/client-sfn'
import t from 'tap'
import { startWithClient } from './step-functions-client.ts'
import type { Fault } from './step-functions.ts'

t.test('faults', async t => {
  const cases: [
    Fault,
    'RUNNING' | 'SUCCEEDED',
    { name?: string; code?: string; $metadata?: object }
  ][] = [
    ['reset before', 'RUNNING', { code: 'ECONNRESET' }],
    ['reset after', 'SUCCEEDED', { code: 'ECONNRESET' }],
    ['500 before', 'RUNNING', { name: 'InternalFailure' }],
    ['500 after', 'SUCCEEDED', { name: 'InternalFailure' }],
    ['502 before', 'RUNNING', { name: 'SyntaxError', $metadata: { httpStatusCode: 502 } }],
    ['502 after', 'SUCCEEDED', { name: 'SyntaxError', $metadata: { httpStatusCode: 502 } }],
    ['garbled after', 'SUCCEEDED', { name: 'SyntaxError', $metadata: { httpStatusCode: 200 } }],
    ['hang before', 'RUNNING', { name: 'AbortError' }],
    ['hang after', 'SUCCEEDED', { name: 'AbortError' }],
    ['half after', 'SUCCEEDED', { name: 'AbortError' }],
    ['KmsThrottlingException', 'RUNNING', { name: 'KmsThrottlingException' }],
    [
      { error: 'ServiceUnavailable', status: 503 },
      'RUNNING',
      { $metadata: { httpStatusCode: 503 } }
    ]
  ]
  for (const [fault, status, error] of cases) {
    t.test(JSON.stringify(fault), async t => {
      const { sfn, client } = await startWithClient(t)
      const { taskToken, executionArn } = sfn.waitCallback()
      sfn.fault('SendTaskSuccess', fault)
      const signal = AbortSignal.timeout(300)
      await client
        .send(new SendTaskSuccessCommand({ taskToken, output: '{}' }), { abortSignal: signal })
        .then(
          () => t.fail('no failure'),
          thrown => t.match(thrown, error)
        )
      t.equal(sfn.execution(executionArn).status, status)
    })
  }

  t.test('held up, by predicate, and ended', async t => {
    const { sfn, succeed } = await startWithClient(t)
    const { taskToken } = sfn.waitCallback()
    const gate = Promise.withResolvers<void>()
    const open = sfn.fault(
      '*',
      { until: gate.promise },
      call => call.input['taskToken'] === taskToken
    )
    const arrived = sfn.called('SendTaskSuccess')
    const slow = succeed(taskToken, '"slow"')
    await arrived
    open()
    await succeed(taskToken, '"quick"')
    gate.resolve()
    await t.rejects(slow, { name: 'TaskTimedOut' })
    t.strictSame(
      sfn.callsOf('SendTaskSuccess').map(({ input }) => input['output']),
      ['"slow"', '"quick"']
    )
  })
})
