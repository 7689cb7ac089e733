import t from 'tap'
import { waitingSteps } from '../../src/stepfunctions/waiting-steps.ts'
import type { HistoryEvent } from '@aws-sdk/client-sfn'
import { asked, at, callback, scheduled, started, steps, submitted } from './history-events.ts'

const lambda = { resourceType: 'lambda', resource: 'invoke' }

t.test('a step that waits', async t => {
  t.strictSame(steps(scheduled, started), [{ input: '"in"', result: undefined }])
  t.strictSame(steps(asked, submitted), [{ input: '"in"', result: undefined }])
  t.strictSame(steps(), [])
})

t.test('how a step ended', async t => {
  const failure = { error: 'E', cause: 'C' }
  const failed = { kind: 'failed', ...failure, waited: true, at }
  const notAsked = { ...failed, waited: false }
  const cases: [
    Parameters<typeof steps>[0],
    Partial<HistoryEvent> & Pick<HistoryEvent, 'type'>,
    object
  ][] = [
    [
      scheduled,
      { type: 'ActivitySucceeded', activitySucceededEventDetails: { output: '1' } },
      { kind: 'succeeded', output: '1', at }
    ],
    [scheduled, { type: 'ActivityFailed', activityFailedEventDetails: failure }, failed],
    [
      scheduled,
      { type: 'ActivityScheduleFailed', activityScheduleFailedEventDetails: failure },
      notAsked
    ],
    [
      scheduled,
      { type: 'ActivityTimedOut', activityTimedOutEventDetails: { error: 'States.Timeout' } },
      { kind: 'timed out', at }
    ],
    [
      asked,
      { type: 'TaskSucceeded', taskSucceededEventDetails: { ...callback, output: '1' } },
      { kind: 'succeeded', output: '1', at }
    ],
    [asked, { type: 'TaskFailed', taskFailedEventDetails: { ...callback, ...failure } }, failed],
    [
      asked,
      { type: 'TaskStartFailed', taskStartFailedEventDetails: { ...callback, ...failure } },
      notAsked
    ],
    [
      asked,
      { type: 'TaskSubmitFailed', taskSubmitFailedEventDetails: { ...callback, ...failure } },
      notAsked
    ],
    [
      asked,
      { type: 'TaskTimedOut', taskTimedOutEventDetails: { ...callback, error: 'States.Timeout' } },
      { kind: 'timed out', at }
    ],
    [asked, { type: 'TaskStateAborted' }, { kind: 'aborted', at }]
  ]
  for (const [first, last, result] of cases) {
    t.strictSame(
      steps(first, first === asked ? submitted : started, { id: 5, previousEventId: 4, ...last }),
      [{ input: '"in"', result }],
      `${last.type}`
    )
  }
})

t.test('a callback whose question never got out', async t => {
  const begun = {
    id: 4,
    previousEventId: 3,
    type: 'TaskStarted',
    taskStartedEventDetails: callback
  } as const
  t.match(
    steps(asked, begun, {
      id: 5,
      previousEventId: 4,
      type: 'TaskFailed',
      taskFailedEventDetails: { ...callback, error: 'Lambda.Unknown' }
    }),
    [{ result: { kind: 'failed', waited: false } }]
  )
})

t.test('ordinary tasks never count', async t => {
  t.strictSame(
    steps(
      {
        id: 3,
        previousEventId: 2,
        type: 'TaskScheduled',
        taskScheduledEventDetails: { ...lambda, region: 'us-west-2', parameters: '{}' }
      },
      {
        id: 4,
        previousEventId: 3,
        type: 'TaskSucceeded',
        taskSucceededEventDetails: { ...lambda, output: '1' }
      },
      {
        id: 5,
        previousEventId: 4,
        type: 'TaskFailed',
        taskFailedEventDetails: { ...lambda, error: 'E' }
      },
      { id: 6, previousEventId: 5, type: 'TaskTimedOut', taskTimedOutEventDetails: lambda },
      {
        id: 7,
        previousEventId: 6,
        type: 'TaskStartFailed',
        taskStartFailedEventDetails: { resourceType: 'lambda', resource: undefined }
      },
      {
        id: 8,
        previousEventId: 7,
        type: 'LambdaFunctionSucceeded',
        lambdaFunctionSucceededEventDetails: { output: '1' }
      }
    ),
    []
  )
})

t.test('a result whose beginning was not read', async t => {
  t.strictSame(
    steps({
      id: 900,
      previousEventId: 899,
      type: 'ActivitySucceeded',
      activitySucceededEventDetails: { output: '1' }
    }),
    [{ input: undefined, result: { kind: 'succeeded', output: '1', at } }]
  )
})

t.test('an event without a time', async t => {
  t.strictSame(
    waitingSteps([
      {
        id: 1,
        previousEventId: 0,
        timestamp: undefined,
        type: 'ActivityTimedOut',
        activityTimedOutEventDetails: {}
      }
    ]),
    [{ input: undefined, result: { kind: 'timed out', at: new Date(0) } }]
  )
})
