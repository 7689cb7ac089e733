export interface ActivityTask {
  taskToken: string
  input: string
}

interface Poll {
  workerName: string | undefined
  take: (task: ActivityTask | undefined) => void
  gone: boolean
}
interface Waiting {
  over: boolean
}
type Start = (workerName: string | undefined) => ActivityTask

/** The tasks that wait for a worker of an activity, and the polls that wait for a task. */
export class ActivityQueue {
  readonly #tasks: { task: Waiting; start: Start }[] = []
  readonly #polls: Poll[] = []
  readonly #listeners: (() => void)[] = []
  /** The most polls that were open at one time. */
  maxPollsOpen = 0
  /** The number of polls whose client left before the reply. */
  abandoned = 0

  get pollsOpen(): number {
    return this.#polls.length
  }

  /** The number of tasks that no worker has taken. */
  get queued(): number {
    return this.#tasks.filter(({ task }) => !task.over).length
  }

  /** Hands the task to the poll that has waited longest, or keeps it for the next one. */
  add(task: Waiting, start: Start): void {
    this.#tasks.push({ task, start })
    this.#match()
  }

  /**
   * Waits for a task. `leave` says that the client has gone. As on AWS, its poll stays open and
   * swallows the next task.
   */
  poll(
    workerName: string | undefined,
    waitMs: number
  ): { task: Promise<ActivityTask | undefined>; leave: () => void; cancel: () => void } {
    const { promise, resolve } = Promise.withResolvers<ActivityTask | undefined>()
    const timer = setTimeout(() => this.#drop(poll), waitMs)
    const poll: Poll = {
      workerName,
      gone: false,
      take: task => {
        clearTimeout(timer)
        resolve(task)
      }
    }
    this.#polls.push(poll)
    this.maxPollsOpen = Math.max(this.maxPollsOpen, this.#polls.length)
    this.#match()
    for (const listener of this.#listeners) listener()
    return {
      task: promise,
      leave: () => {
        this.#leave(poll)
      },
      cancel: () => {
        this.#drop(poll)
      }
    }
  }

  /** Resolves when `count` polls are open at one time. */
  async pollsReach(count: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const check = (): void => {
      if (this.#polls.length >= count) resolve()
    }
    this.#listeners.push(check)
    check()
    await promise
  }

  #match(): void {
    while (this.#polls.length > 0) {
      const next = this.#tasks.shift()
      if (next === undefined) return
      if (!next.task.over) {
        const poll = this.#polls.shift()
        poll?.take(next.start(poll.workerName))
      }
    }
  }

  #leave(poll: Poll): void {
    if (!this.#polls.includes(poll) || poll.gone) return
    poll.gone = true
    this.abandoned++
  }

  #drop(poll: Poll): void {
    const index = this.#polls.indexOf(poll)
    if (index >= 0) this.#polls.splice(index, 1)
    poll.take(undefined)
  }
}
