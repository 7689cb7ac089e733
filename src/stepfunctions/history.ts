import { GetExecutionHistoryCommand } from '@aws-sdk/client-sfn'
import type { GetExecutionHistoryOutput, HistoryEvent } from '@aws-sdk/client-sfn'
import { deadline } from '../wait.ts'
import { retry } from './retry.ts'
import type { SdkClients } from './sdk.ts'
import { waitingSteps } from './waiting-steps.ts'
import type { WaitingStep } from './waiting-steps.ts'

export interface ExecutionHistory {
  execution: 'running' | 'succeeded' | 'failed' | 'timed out' | 'aborted'
  /** Newest first. */
  steps: WaitingStep[]
  /** Whether every event was read: only then does a missing step prove anything. */
  complete: boolean
}

export interface HistoryRequest {
  region: string
  executionArn: string
  timeoutMs: number
}

// The newest pages are enough, since a review is near the end of its execution. A whole history can
// have 25,000 events of 256 KiB, and AWS counts the calls (400, then 20 a second).
const PAGE_SIZE = 200
const MOST_PAGES = 5

/**
 * Reads an execution's newest 1,000 events. Needs the right states:GetExecutionHistory and no
 * other.
 * @throws StepFunctionsError
 */
export async function readHistory(
  clients: SdkClients,
  { region, executionArn, timeoutMs }: HistoryRequest
): Promise<ExecutionHistory> {
  const timeLeft = deadline(Math.min(clients.timeoutMs, timeoutMs))
  const events: HistoryEvent[] = []
  let nextToken: string | undefined
  for (let page = 0; page < MOST_PAGES; page++) {
    const input = { executionArn, reverseOrder: true, maxResults: PAGE_SIZE, nextToken }
    const tried = await retry(
      timeLeft(),
      async signal =>
        await clients.call<GetExecutionHistoryOutput>(
          region,
          signal,
          async (client, options) =>
            await client.send(new GetExecutionHistoryCommand(input), options)
        )
    )
    if ('error' in tried) throw tried.error
    events.push(...(tried.value.events ?? []))
    nextToken = tried.value.nextToken
    if (nextToken === undefined) break
  }
  return {
    execution: statusOf(events[0]),
    steps: waitingSteps(events),
    complete: nextToken === undefined
  }
}

const ends = new Map<string | undefined, ExecutionHistory['execution']>([
  ['ExecutionSucceeded', 'succeeded'],
  ['ExecutionFailed', 'failed'],
  ['ExecutionTimedOut', 'timed out'],
  ['ExecutionAborted', 'aborted']
])

function statusOf(newest: HistoryEvent | undefined): ExecutionHistory['execution'] {
  return ends.get(newest?.type) ?? 'running'
}
