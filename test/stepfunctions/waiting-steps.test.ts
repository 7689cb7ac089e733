import t from 'tap'
import { waitingSteps } from '../../src/stepfunctions/waiting-steps.ts'
import type { HistoryEvent } from '@aws-sdk/client-sfn'

const at = new Date('2026-11-22T10:00:00Z')
const activity = 'arn:aws:states:us-west-2:123456789012:activity:ManualStep'
const callback = { resourceType: 'lambda', resource: 'invoke.waitForTaskToken' }
const lambda = { resourceType: 'lambda', resource: 'invoke' }

/** Events in the order in which they happened; the function under test gets them newest first. */
function steps(
  ...events: (Omit<Partial<HistoryEvent>, 'timestamp'> & Pick<HistoryEvent, 'id' | 'type'>)[]
): ReturnType<typeof waitingSteps> {
  return waitingSteps(events.map(event => ({ timestamp: at, ...event })).toReversed())
}

const scheduled = {
  id: 3,
  previousEventId: 2,
  type: 'ActivityScheduled',
  activityScheduledEventDetails: { resource: activity, input: '"in"' }
} as const
const started = {
  id: 4,
  previousEventId: 3,
  type: 'ActivityStarted',
  activityStartedEventDetails: {}
} as const
const asked = {
  id: 3,
  previousEventId: 2,
  type: 'TaskScheduled',
  taskScheduledEventDetails: { ...callback, region: 'us-west-2', parameters: '"in"' }
} as const
const submitted = {
  id: 4,
  previousEventId: 3,
  type: 'TaskSubmitted',
  taskSubmittedEventDetails: callback
} as const

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

t.test('an emulator writes a timeout as a failure', async t => {
  for (const error of ['States.Timeout', 'States.HeartbeatTimeout']) {
    t.match(
      steps(asked, submitted, {
        id: 5,
        previousEventId: 4,
        type: 'TaskFailed',
        taskFailedEventDetails: { ...callback, error }
      }),
      [{ result: { kind: 'timed out' } }],
      error
    )
  }
})

t.test('parallel steps are told apart by the chain of their events', async t => {
  t.strictSame(
    steps(
      {
        id: 4,
        previousEventId: 2,
        type: 'ActivityScheduled',
        activityScheduledEventDetails: { resource: activity, input: '"a"' }
      },
      {
        id: 5,
        previousEventId: 3,
        type: 'ActivityScheduled',
        activityScheduledEventDetails: { resource: activity, input: '"b"' }
      },
      { id: 6, previousEventId: 4, type: 'ActivityStarted' },
      { id: 7, previousEventId: 5, type: 'ActivityStarted' },
      {
        id: 8,
        previousEventId: 6,
        type: 'ActivitySucceeded',
        activitySucceededEventDetails: { output: '"a"' }
      }
    ),
    [
      { input: '"b"', result: undefined },
      { input: '"a"', result: { kind: 'succeeded', output: '"a"', at } }
    ]
  )
})

t.test(
  'a retry is a step of its own, newest first; what follows a result does not change it',
  async t => {
    t.strictSame(
      steps(
        scheduled,
        started,
        {
          id: 5,
          previousEventId: 4,
          type: 'ActivityFailed',
          activityFailedEventDetails: { error: 'E' }
        },
        {
          id: 6,
          previousEventId: 5,
          type: 'ActivityScheduled',
          activityScheduledEventDetails: { resource: activity, input: '"again"' }
        },
        { id: 7, previousEventId: 3, type: 'TaskStateAborted' }
      ),
      [
        { input: '"again"', result: undefined },
        {
          input: '"in"',
          result: { kind: 'failed', error: 'E', cause: undefined, waited: true, at }
        }
      ]
    )
  }
)

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

t.test(
  "an emulator's history: task events for activities, no parameters, and no chain",
  async t => {
    const task = { resourceType: 'states', resource: activity }
    const events = [
      { id: 1, type: 'ExecutionStarted' },
      { id: 2, type: 'TaskStateEntered' },
      {
        id: 3,
        type: 'TaskScheduled',
        taskScheduledEventDetails: { ...task, region: undefined, parameters: undefined }
      },
      { id: 4, type: 'TaskFailed', taskFailedEventDetails: { ...task, error: 'E', cause: 'C' } },
      {
        id: 5,
        type: 'TaskScheduled',
        taskScheduledEventDetails: {
          resourceType: 'states',
          resource: 'arn:aws:states:::states:startExecution.waitForTaskToken',
          region: undefined,
          parameters: undefined
        }
      }
    ] as const
    const first = {
      input: undefined,
      result: { kind: 'failed', error: 'E', cause: 'C', waited: true, at }
    } as const
    t.strictSame(steps(...events), [{ input: undefined, result: undefined }, first])
    t.strictSame(
      steps(...events, {
        id: 6,
        type: 'TaskSucceeded',
        taskSucceededEventDetails: {
          resourceType: 'states',
          resource: 'arn:aws:states:::states:startExecution.waitForTaskToken',
          output: '{"a": 1}'
        }
      }),
      [{ input: undefined, result: { kind: 'succeeded', output: '{"a": 1}', at } }, first]
    )
  }
)

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
