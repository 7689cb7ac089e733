import { GetExecutionHistoryCommand } from '@aws-sdk/client-sfn'
import type { GetExecutionHistoryOutput } from '@aws-sdk/client-sfn'
import { LRUCache } from 'lru-cache'
import { KeyedQueue } from '../keyed-queue.ts'
import { pause } from '../wait.ts'
import { HistoryPart, type ExecutionHistory } from './history-part.ts'
import { Look } from './look.ts'
import { retry, type Tried } from './retry.ts'
import type { SdkClients } from './sdk.ts'

interface Execution {
  region: string
  executionArn: string
}

export interface HistoryRequest extends Execution {
  timeoutMs: number
  /** Whether this much of the history is enough. Default: only all of it is. */
  suffices?: (history: ExecutionHistory) => boolean
}

/** Looks that came while their execution was read, and the reading that serves them. */
interface Group {
  looks: Look[]
  reading: Promise<void>
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
  readonly #turns = new KeyedQueue()
  readonly #waiting = new Map<string, Group>()
  #nextPageAt = 0

  constructor(clients: SdkClients) {
    this.#clients = clients
  }

  /**
   * Reads until it suffices, or the time is up: then the history is not complete, and the next call
   * goes on from there. Takes at most the time of `SdkClients`. An execution is read by one at a
   * time: calls that come meanwhile are served together by the next.
   * @throws StepFunctionsError when nothing could be read
   */
  async read(request: HistoryRequest): Promise<ExecutionHistory> {
    const { region, executionArn, timeoutMs, suffices = () => false } = request
    const look = new Look(Math.min(this.#clients.timeoutMs, timeoutMs), suffices)
    const group = this.#waiting.get(executionArn) ?? this.#nextGroup({ region, executionArn })
    group.looks.push(look)
    return await look.result(group.reading)
  }

  #nextGroup(of: Execution): Group {
    const { executionArn } = of
    const looks: Look[] = []
    const reading = this.#turns.run(executionArn, async () => {
      this.#waiting.delete(executionArn)
      await this.#readFor(looks, of)
    })
    const group = { looks, reading }
    this.#waiting.set(executionArn, group)
    return group
  }

  /** @throws StepFunctionsError when nothing could be read */
  async #readFor(looks: readonly Look[], { region, executionArn }: Execution): Promise<void> {
    const page = async (nextToken?: string): Promise<Tried<GetExecutionHistoryOutput>> => {
      const maxResults = nextToken === undefined ? newestPage : olderPage
      const input = { executionArn, reverseOrder: true, maxResults, nextToken }
      return await retry(
        Math.max(...unserved.map(({ timeLeft }) => timeLeft())),
        async signal =>
          await this.#clients.call<GetExecutionHistoryOutput>(
            region,
            signal,
            async (client, options) =>
              await client.send(new GetExecutionHistoryCommand(input), options)
          )
      )
    }
    const known = this.#known.get(executionArn)
    let unserved = looks
    let part: HistoryPart | undefined
    for (let pages = 0; unserved.length > 0; pages++) {
      if (pages >= pagesAtOnce) await this.#turn()
      const next = await page(part?.older)
      if ('error' in next) {
        if (part === undefined) throw next.error
        // AWS may not take its own token for the page any more: the next look begins anew.
        if (!next.error.retryHelps) this.#known.delete(executionArn)
        return
      }
      const read = HistoryPart.of(next.value)
      part = (part?.followedBy(read) ?? read).joined(known, next.value)
      this.#known.set(executionArn, part)
      const { history } = part
      unserved = unserved.filter(look => look.show(history))
    }
  }

  /** Resolves when another page may be read. */
  async #turn(): Promise<void> {
    const now = performance.now()
    const at = Math.max(now, this.#nextPageAt)
    this.#nextPageAt = at + pauseMs
    await pause(at - now)
  }
}
