import type { HistoryEvent } from '@aws-sdk/client-sfn'

/** A step that waits or waited for a person: an activity's task, or one with a callback token. */
export interface WaitingStep {
  /**
   * What the state gave it, JSON text: an activity's input, a callback's parameters. Undefined on
   * emulators, and where the history was cut.
   */
  input: string | undefined
  /** Undefined: still waiting, if the execution still runs. */
  result: StepResult | undefined
}

/**
 * How a step ended. `waited` is false where it failed while its question was still on its way
 * (the Lambda of a callback threw, say): then no answer need be behind it. `aborted`: another
 * part of the execution ended it.
 */
export type StepResult =
  | { kind: 'succeeded'; output: string | undefined; at: Date }
  | {
      kind: 'failed'
      error: string | undefined
      cause: string | undefined
      waited: boolean
      at: Date
    }
  | { kind: 'timed out' | 'aborted'; at: Date }

/** The waiting steps in an execution's events; both newest first. */
export function waitingSteps(events: readonly HistoryEvent[]): WaitingStep[] {
  const steps: WaitingStep[] = []
  const stepOfEvent = new Map<number | undefined, WaitingStep>()
  const typeOfEvent = new Map(events.map(({ id, type }) => [id, type]))
  for (const event of events.toReversed()) {
    const scheduled = scheduledStep(event)
    const result = resultOf(event, typeOfEvent.get(event.previousEventId))
    const chained = event.previousEventId === 0 ? undefined : stepOfEvent.get(event.previousEventId)
    if (scheduled !== undefined) {
      steps.unshift(scheduled)
      stepOfEvent.set(event.id, scheduled)
    } else if (result !== undefined) {
      settle(steps, chained ?? openStep(steps, event), result)
    } else if (chained !== undefined && chained.result === undefined) {
      // Started, submitted, aborted: such events link the scheduled step to its result.
      stepOfEvent.set(event.id, chained)
      if (event.type === 'TaskStateAborted') chained.result = { kind: 'aborted', at: timeOf(event) }
    }
  }
  return steps
}

/** Whether an event tells of a waiting step. All others can be left out of those that are kept. */
export function tellsOfWaiting(event: HistoryEvent): boolean {
  const { type = '' } = event
  if (type.startsWith('Activity')) return true
  const details =
    event.taskScheduledEventDetails ??
    event.taskStartedEventDetails ??
    event.taskSubmittedEventDetails ??
    event.taskSucceededEventDetails ??
    event.taskFailedEventDetails ??
    event.taskTimedOutEventDetails ??
    event.taskStartFailedEventDetails ??
    event.taskSubmitFailedEventDetails
  return details === undefined ? links.has(type) : waits(details)
}

// They say nothing but what they come after.
const links = new Set(['TaskStarted', 'TaskSubmitted', 'TaskStateAborted'])

function settle(steps: WaitingStep[], step: WaitingStep | undefined, result: StepResult): void {
  if (step === undefined) steps.unshift({ input: undefined, result })
  else step.result = result
}

// MiniStack writes no previousEventId, so there the order has to do.
function openStep(
  steps: readonly WaitingStep[],
  { previousEventId }: HistoryEvent
): WaitingStep | undefined {
  return previousEventId === undefined ? steps.find(step => step.result === undefined) : undefined
}

function scheduledStep({
  activityScheduledEventDetails: activity,
  taskScheduledEventDetails: task
}: HistoryEvent): WaitingStep | undefined {
  if (activity !== undefined) return { input: activity.input, result: undefined }
  return task !== undefined && waits(task)
    ? { input: task.parameters, result: undefined }
    : undefined
}

function resultOf(event: HistoryEvent, after: HistoryEvent['type']): StepResult | undefined {
  const at = timeOf(event)
  const succeeded = event.activitySucceededEventDetails ?? only(event.taskSucceededEventDetails)
  if (succeeded !== undefined) return { kind: 'succeeded', output: succeeded.output, at }
  const failed = event.activityFailedEventDetails ?? only(event.taskFailedEventDetails)
  const notAsked =
    event.activityScheduleFailedEventDetails ??
    only(event.taskStartFailedEventDetails) ??
    only(event.taskSubmitFailedEventDetails)
  const failure = failed ?? notAsked
  const waited = notAsked === undefined && after !== 'TaskScheduled' && after !== 'TaskStarted'
  // Emulators write a timeout so; on AWS it has an event of its own.
  if (failure?.error === 'States.Timeout' || failure?.error === 'States.HeartbeatTimeout')
    return { kind: 'timed out', at }
  if (failure !== undefined)
    return { kind: 'failed', error: failure.error, cause: failure.cause, waited, at }
  const timedOut = event.activityTimedOutEventDetails ?? only(event.taskTimedOutEventDetails)
  return timedOut === undefined ? undefined : { kind: 'timed out', at }
}

function timeOf({ timestamp = new Date(0) }: HistoryEvent): Date {
  return timestamp
}

function only<T extends { resource: string | undefined }>(details: T | undefined): T | undefined {
  return details !== undefined && waits(details) ? details : undefined
}

// AWS has `invoke.waitForTaskToken` and the like. Emulators write an activity as a task, and the
// activity's ARN as its resource.
function waits({ resource = '' }: { resource: string | undefined }): boolean {
  return resource.endsWith('.waitForTaskToken') || resource.includes(':activity:')
}
