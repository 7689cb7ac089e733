import type { HistoryEvent } from '@aws-sdk/client-sfn'
import { waitingSteps } from '../../src/stepfunctions/waiting-steps.ts'

/** The time of each event. */
export const at = new Date('2026-11-22T10:00:00Z')
export const activity = 'arn:aws:states:us-west-2:123456789012:activity:ManualStep'
export const callback = { resourceType: 'lambda', resource: 'invoke.waitForTaskToken' }

/** The steps of events, given oldest first. The function under test gets them newest first. */
export function steps(
  ...events: (Omit<Partial<HistoryEvent>, 'timestamp'> & Pick<HistoryEvent, 'id' | 'type'>)[]
): ReturnType<typeof waitingSteps> {
  return waitingSteps(events.map(event => ({ timestamp: at, ...event })).toReversed())
}

/** The first events of an activity: scheduled, started. */
export const scheduled = {
  id: 3,
  previousEventId: 2,
  type: 'ActivityScheduled',
  activityScheduledEventDetails: { resource: activity, input: '"in"' }
} as const
export const started = {
  id: 4,
  previousEventId: 3,
  type: 'ActivityStarted',
  activityStartedEventDetails: {}
} as const
/** The first events of a callback: asked, submitted. */
export const asked = {
  id: 3,
  previousEventId: 2,
  type: 'TaskScheduled',
  taskScheduledEventDetails: { ...callback, region: 'us-west-2', parameters: '"in"' }
} as const
export const submitted = {
  id: 4,
  previousEventId: 3,
  type: 'TaskSubmitted',
  taskSubmittedEventDetails: callback
} as const
