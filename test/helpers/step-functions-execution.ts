/** A step waits for a worker of its activity, or for a caller that has its token. */
export type Step =
  | { activityArn: string; input: unknown }
  | { parameters: (taskToken: string) => unknown; resourceType?: string; resource?: string }

/** The end of a step, as the state machine sees it. */
export type StepEnd = { output: string } | { error: string | undefined; cause: string | undefined }

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED'

export interface HistoryEvent {
  id: number
  previousEventId: number
  timestamp: number
  type: string
  [details: string]: unknown
}

/**
 * The rest of the state machine: the step that follows a step's end, which is a retry if that step
 * failed. Where nothing follows, the execution ends.
 */
export type Next = (end: StepEnd) => Step | undefined

/** One run of a state machine, with its history as AWS writes it. */
export class Execution {
  readonly arn: string
  readonly stateMachineArn: string
  readonly startDate = Date.now() / 1000
  readonly events: HistoryEvent[] = []
  readonly finished: Promise<Execution>
  status: ExecutionStatus = 'RUNNING'
  stopDate: number | undefined
  output: string | undefined
  error: string | undefined
  cause: string | undefined
  next: Next | undefined
  /** Whether the execution runs on when a step has ended and no other one follows. */
  stayOpen = false
  /** The event that the next state follows. */
  tail = 0
  #finish: (execution: Execution) => void = () => {}

  constructor(arn: string, stateMachineArn: string, input: string) {
    this.arn = arn
    this.stateMachineArn = stateMachineArn
    this.finished = new Promise(resolve => {
      this.#finish = resolve
    })
    this.add(
      'ExecutionStarted',
      { input, inputDetails, roleArn: 'arn:aws:iam::123456789012:role/workflow' },
      0
    )
  }

  /** Appends an event and returns its id. */
  add(type: string, details: object | undefined, previousEventId: number): number {
    const id = this.events.length + 1
    const event: HistoryEvent = { id, previousEventId, timestamp: Date.now() / 1000, type }
    if (details !== undefined) event[detailsKey(type)] = details
    this.events.push(event)
    return id
  }

  /** As RedriveExecution does: the history goes on. */
  redrive(): void {
    this.status = 'RUNNING'
    this.tail = this.add(endEvents.RUNNING, { redriveCount: 1 }, this.events.length)
  }

  end(
    status: ExecutionStatus,
    result: { output?: string; error?: string | undefined; cause?: string | undefined }
  ): void {
    this.status = status
    this.stopDate = Date.now() / 1000
    this.output = result.output
    this.error = result.error
    this.cause = result.cause
    const details =
      result.output === undefined ? result : { output: result.output, outputDetails: inputDetails }
    this.add(endEvents[status], details, this.tail === 0 ? this.events.length : this.tail)
    this.#finish(this)
  }
}

export const inputDetails = { truncated: false }

const endEvents: Record<ExecutionStatus, string> = {
  RUNNING: 'ExecutionRedriven',
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  TIMED_OUT: 'ExecutionTimedOut',
  ABORTED: 'ExecutionAborted'
}

function detailsKey(type: string): string {
  const name = type.replace(/^Task(?=State(Entered|Exited)$)/, '')
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}EventDetails`
}
