import { GetExecutionHistoryCommand } from '@aws-sdk/client-sfn'
import type { GetExecutionHistoryOutput, HistoryEvent } from '@aws-sdk/client-sfn'
import { LRUCache } from 'lru-cache'
import { deadline, pause } from '../wait.ts'
import { HistoryPart } from './history-part.ts'
import { retry, type Tried } from './retry.ts'
import type { SdkClients } from './sdk.ts'
import { waitingSteps, type WaitingStep } from './waiting-steps.ts'

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
  /** Whether this much of the history is enough. Default: only all of it is. */
  suffices?: (history: ExecutionHistory) => boolean
}

// A review is near the end of its execution. What lies further back is read in the largest pages
// that AWS gives.
const newestPage = 200
const olderPage = 1_000

// AWS lets an account make 400 calls, and 20 more each second. Looks far back of one process take
// at most these.
const pagesAtOnce = 5
const pauseMs = 50

// In characters. AWS keeps a token for the next page for 24 hours.
const mostKept = 64 * 1024 * 1024
const keptForMs = 23 * 3_600_000

/**
 * The histories of executions, newest events first, as far back as it takes: up to the 25,000
 * events that there can be. What was read of an execution is not read again. Needs the right
 * states:GetExecutionHistory and no other.
 */
export class Histories {
  readonly #clients: SdkClients
  readonly #known = new LRUCache<string, HistoryPart>({
    maxSize: mostKept,
    sizeCalculation: part => part.size,
    ttl: keptForMs,
    noUpdateTTL: true
  })
  readonly #reading = new Map<string, Promise<unknown>>()
  #nextPageAt = 0

  constructor(clients: SdkClients) {
    this.#clients = clients
  }

  /**
   * Reads until it suffices, or the time is up: then the history is not complete, and the next call
   * goes on from there. Takes at most the time of `SdkClients`. Calls for one execution take turns.
   * @throws StepFunctionsError when nothing could be read
   */
  async read(request: HistoryRequest): Promise<ExecutionHistory> {
    const { executionArn, timeoutMs } = request
    const timeLeft = deadline(Math.min(this.#clients.timeoutMs, timeoutMs))
    const before = this.#reading.get(executionArn) ?? Promise.resolve()
    const reading = before.then(
      () => this.#read(request, timeLeft),
      () => this.#read(request, timeLeft)
    )
    this.#reading.set(executionArn, reading)
    try {
      return await reading
    } finally {
      if (this.#reading.get(executionArn) === reading) this.#reading.delete(executionArn)
    }
  }

  async #read(
    { region, executionArn, suffices = () => false }: HistoryRequest,
    timeLeft: () => number
  ): Promise<ExecutionHistory> {
    const page = async (nextToken?: string): Promise<Tried<GetExecutionHistoryOutput>> => {
      const maxResults = nextToken === undefined ? newestPage : olderPage
      const input = { executionArn, reverseOrder: true, maxResults, nextToken }
      return await retry(
        timeLeft(),
        async signal =>
          await this.#clients.call<GetExecutionHistoryOutput>(
            region,
            signal,
            async (client, options) =>
              await client.send(new GetExecutionHistoryCommand(input), options)
          )
      )
    }
    const newest = await page()
    if ('error' in newest) throw newest.error
    const execution = statusOf(newest.value.events?.[0])
    const known = this.#known.get(executionArn)
    let part = HistoryPart.of(newest.value).joined(known)
    let history = this.#keep(executionArn, part, execution)
    for (let pages = 1; part.older !== undefined && !suffices(history); pages++) {
      if (pages >= pagesAtOnce) await this.#turn()
      const next = await page(part.older)
      if ('error' in next) {
        // AWS may not take its own token for the page any more: the next look begins anew.
        if (!next.error.retryHelps) this.#known.delete(executionArn)
        break
      }
      part = part.followedBy(next.value).joined(known)
      history = this.#keep(executionArn, part, execution)
    }
    return history
  }

  #keep(
    executionArn: string,
    part: HistoryPart,
    execution: ExecutionHistory['execution']
  ): ExecutionHistory {
    this.#known.set(executionArn, part)
    const complete = part.older === undefined
    return { execution, steps: waitingSteps(part.events), complete }
  }

  /** Resolves when another page may be read. */
  async #turn(): Promise<void> {
    const now = performance.now()
    const at = Math.max(now, this.#nextPageAt)
    this.#nextPageAt = at + pauseMs
    await pause(at - now)
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
