import t from 'tap'
import { activity, asked, at, callback, steps, submitted } from './history-events.ts'

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
