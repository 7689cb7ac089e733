import { hostname } from 'node:os'
import { GetActivityTaskCommand } from '@aws-sdk/client-sfn'
import type { SdkClients } from './sdk.ts'

/** A task that waits for an answer: its token, and the input that its state gave it, JSON text. */
export interface ActivityTask {
  taskToken: string
  input: string
}

/**
 * Polls for the tasks of activities. AWS hands a token out once, to any poll, and a poll that is
 * cut may lose one. So no poll is ever cut, and there is at most one per activity: callers who
 * come meanwhile share it.
 */
export class ActivityPolls {
  readonly #clients: SdkClients
  readonly #open = new Map<string, Promise<ActivityTask | undefined>>()

  constructor(clients: SdkClients) {
    this.#clients = clients
  }

  /** How many polls are open. */
  get open(): number {
    return this.#open.size
  }

  /**
   * Opens a poll or joins the one that is open.
   * @returns undefined when no task came (AWS waits up to 60 s)
   * @throws StepFunctionsError
   */
  async poll(activityArn: string, region: string): Promise<ActivityTask | undefined> {
    const open = this.#open.get(activityArn)
    if (open !== undefined) return await open
    const poll = this.#poll(activityArn, region).finally(() => this.#open.delete(activityArn))
    this.#open.set(activityArn, poll)
    return await poll
  }

  /** Resolves when no poll is open any more. */
  async settled(): Promise<void> {
    while (this.#open.size > 0) await Promise.allSettled(this.#open.values())
  }

  async #poll(activityArn: string, region: string): Promise<ActivityTask | undefined> {
    const { taskToken, input = '' } = await this.#clients.poll(
      region,
      async client => await client.send(new GetActivityTaskCommand({ activityArn, workerName }))
    )
    return taskToken === undefined || taskToken === '' ? undefined : { taskToken, input }
  }
}

// It shows up in the execution's history. AWS allows 80 characters, and few special ones.
const workerName = `kinto-stepfunction-${hostname()}`.replaceAll(/[^\w.-]/g, '-').slice(0, 80)
