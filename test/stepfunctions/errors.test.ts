import {
  SFNClient,
  SendTaskSuccessCommand,
  GetActivityTaskCommand,
  DescribeExecutionCommand
} from '@aws-sdk/client-sfn'
import t from 'tap'
import { StepFunctionsError, toStepFunctionsError } from '../../src/stepfunctions/errors.ts'
import {
  activityArn,
  credentials,
  region,
  startStepFunctions,
  stateMachineArn
} from '../helpers/step-functions.ts'
import { clientsOf, failure as failureOf, send as sendBy } from './sdk-clients.ts'
import type { Test } from 'tap'
import type { Fault as ErrorFault } from '../../src/stepfunctions/errors.ts'
import type { Fault } from '../helpers/step-functions.ts'

function clientOf(t: Test, endpoint: string): SFNClient {
  const client = new SFNClient({
    region,
    endpoint,
    credentials,
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 2000 }
  })
  t.teardown(() => {
    client.destroy()
  })
  return client
}

async function failure(call: Promise<unknown>): Promise<StepFunctionsError> {
  return await call.then(() => {
    throw new Error('no failure')
  }, toStepFunctionsError)
}

const send = async (
  client: SFNClient,
  taskToken = 'x',
  output = '{}',
  signal = AbortSignal.timeout(800)
): Promise<unknown> =>
  await client.send(new SendTaskSuccessCommand({ taskToken, output }), { abortSignal: signal })

// Only what hangs is to take all of its time.
const timeFor = (code: string): number => (code === 'AbortError' ? 1_500 : 20_000)

t.test('what goes wrong on the way', async t => {
  const sfn = await startStepFunctions(t)
  const { taskToken } = sfn.waitCallback({ stayOpen: true })
  const anHourAhead = new Date(Date.now() + 3_600_000)
  const cases: [Fault, ErrorFault, string][] = [
    ['reset before', 'unknown', 'ECONNRESET'],
    ['hang before', 'unknown', 'AbortError'],
    ['half after', 'unknown', 'AbortError'],
    ['500 before', 'unknown', 'InternalFailure'],
    ['502 before', 'unknown', 'SyntaxError'],
    ['garbled after', 'unknown', 'SyntaxError'],
    [{ reply: '', status: 408 }, 'unknown', 'Unknown'],
    [{ error: 'ServiceUnavailable', status: 503 }, 'unknown', 'ServiceUnavailable'],
    [{ error: 'ThrottlingException', status: 503 }, 'throttled', 'ThrottlingException'],
    [{ reply: '<html>', status: 429 }, 'throttled', 'SyntaxError'],
    ['ThrottlingException', 'throttled', 'ThrottlingException'],
    ['KmsThrottlingException', 'throttled', 'KmsThrottlingException'],
    ['ActivityWorkerLimitExceeded', 'throttled', 'ActivityWorkerLimitExceeded'],
    ['ExpiredTokenException', 'credentials', 'ExpiredTokenException'],
    [
      { error: 'InvalidSignatureException', message: 'Signature expired', date: anHourAhead },
      'credentials',
      'InvalidSignatureException'
    ],
    [{ error: 'UnrecognizedClientException' }, 'refused', 'UnrecognizedClientException'],
    ['AccessDeniedException', 'refused', 'AccessDeniedException'],
    ['KmsAccessDeniedException', 'refused', 'KmsAccessDeniedException'],
    [{ reply: '<html>', status: 403 }, 'refused', 'SyntaxError'],
    [{ reply: '', status: 302 }, 'refused', 'Unknown']
  ]
  for (const [fault, expected, code] of cases) {
    t.test(JSON.stringify(fault), async t => {
      sfn.fault('SendTaskSuccess', fault)
      const error = await failureOf(
        sendBy(clientsOf(t, { endpoint: sfn.url }), taskToken, region, timeFor(code))
      )
      if (!(error instanceof StepFunctionsError)) throw error
      t.match(error, { fault: expected, code, name: 'StepFunctionsError' })
      t.ok(error.cause instanceof Error)
      t.equal(error.retryHelps, expected !== 'refused')
    })
  }
})

t.test('what Step Functions says of the input', async t => {
  const sfn = await startStepFunctions(t)
  const client = clientOf(t, sfn.url)
  const { taskToken } = sfn.waitCallback({ stayOpen: true })
  const other = sfn.waitCallback()
  sfn.expire(other.taskToken)
  const executionArn = stateMachineArn.replace('stateMachine', 'execution')
  const cases: [string, () => Promise<unknown>, ErrorFault][] = [
    ['TaskTimedOut', async () => await send(client, other.taskToken), 'token dead'],
    ['InvalidToken', async () => await send(client, 'made up'), 'token invalid'],
    ['a token that is too long', async () => await send(client, 'x'.repeat(2049)), 'token invalid'],
    ['InvalidOutput', async () => await send(client, taskToken, '{'), 'input refused'],
    [
      'an output that is too long',
      async () => await send(client, taskToken, `"${'x'.repeat(262_144)}"`),
      'input refused'
    ],
    [
      'ActivityDoesNotExist',
      async () => await client.send(new GetActivityTaskCommand({ activityArn })),
      'not found'
    ],
    [
      'InvalidArn',
      async () => await client.send(new GetActivityTaskCommand({ activityArn: 'ManualStep' })),
      'not found'
    ],
    [
      'an ARN that is too long',
      async () =>
        await client.send(
          new GetActivityTaskCommand({ activityArn: `${activityArn}${'x'.repeat(256)}` })
        ),
      'not found'
    ],
    [
      'ExecutionDoesNotExist',
      async () =>
        await client.send(new DescribeExecutionCommand({ executionArn: `${executionArn}:none` })),
      'not found'
    ]
  ]
  for (const [name, call, fault] of cases) {
    const error = await failure(call())
    t.match(error, { fault, retryHelps: false }, name)
  }
  sfn.fault('SendTaskSuccess', { error: 'TaskDoesNotExist' })
  t.equal(
    (await failure(send(client, taskToken))).fault,
    'token dead',
    'TaskDoesNotExist, as emulators say'
  )
})

t.test('whatever is thrown is classified, once', async t => {
  t.match(toStepFunctionsError('text'), { fault: 'unknown', message: 'text' })
  t.match(toStepFunctionsError(undefined), { fault: 'unknown' })
  t.match(toStepFunctionsError(undefined, 'made'), { fault: 'unsent' })
  t.match(toStepFunctionsError(undefined, 'unmade'), { fault: 'unsendable', retryHelps: false })
  t.match(toStepFunctionsError(new TypeError('bug')), {
    fault: 'unknown',
    code: 'TypeError',
    message: 'bug'
  })
  const error = new StepFunctionsError('throttled', 'X', 'x')
  t.equal(toStepFunctionsError(error), error)
})
