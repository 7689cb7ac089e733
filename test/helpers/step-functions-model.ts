import { randomBytes } from 'node:crypto'
import type { ActivityQueue } from './step-functions-activity.ts'
import { AwsError } from './step-functions-errors.ts'
import { inputDetails } from './step-functions-execution.ts'
import type { Step, StepEnd, Execution } from './step-functions-execution.ts'

/**
 * A step that waits, or waited, for its answer. The task of an activity has no token before a
 * worker takes it.
 */
export interface Task {
  execution: Execution
  step: Step
  region: string
  taskToken: string | undefined
  /** The latest event of the step. */
  last: number
  over: boolean
}

/** The state of Step Functions. Every change is synchronous, so that nothing comes between. */
export class StepFunctionsModel {
  readonly activities = new Map<string, ActivityQueue>()
  readonly executions = new Map<string, Execution>()
  readonly #tasks: Task[] = []
  readonly #tokens = new Map<string, Task>()

  execution(arn: string): Execution {
    const execution = this.executions.get(arn)
    if (execution === undefined)
      throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`)
    return execution
  }

  activity(arn: string): ActivityQueue {
    const activity = this.activities.get(arn)
    if (activity === undefined)
      throw new AwsError('ActivityDoesNotExist', `Activity Does Not Exist: '${arn}'`)
    return activity
  }

  /**
   * The task of a token.
   * @throws AwsError for a token that was never issued in this region
   */
  task(taskToken: string, region?: string): Task {
    const task = this.#tokens.get(taskToken)
    if (task === undefined || (region !== undefined && task.region !== region))
      throw new AwsError('InvalidToken')
    return task
  }

  /**
   * The task of a token that still waits.
   * @throws AwsError, which on AWS is the same for answered, expired and stopped tasks
   */
  waitingTask(taskToken: string, region: string): Task {
    const task = this.task(taskToken, region)
    if (task.over) throw new AwsError('TaskTimedOut')
    return task
  }

  /** Enters a state, or tries one again after a failure, and waits there. */
  schedule(execution: Execution, step: Step, retryOf?: Task): Task {
    const region = execution.arn.split(':')[3] ?? ''
    const entered =
      retryOf?.last ??
      execution.add(
        'TaskStateEntered',
        { name: 'Review', input: '{}', inputDetails },
        execution.tail
      )
    const task: Task = { execution, step, region, taskToken: undefined, last: entered, over: false }
    this.#tasks.push(task)
    if ('activityArn' in step)
      this.#scheduleActivity(task, step.activityArn, JSON.stringify(step.input))
    else this.#scheduleCallback(task, step)
    return task
  }

  /** Takes the first answer to a task. */
  answer(task: Task, end: StepEnd): void {
    this.#end(task, 'output' in end ? 'Succeeded' : 'Failed', end)
  }

  /** Lets a step's time run out. */
  expire(task: Task): void {
    this.#end(task, 'TimedOut', { error: 'States.Timeout', cause: undefined })
  }

  stop(
    execution: Execution,
    status: 'ABORTED' | 'TIMED_OUT',
    result: { error?: string; cause?: string } = {}
  ): void {
    this.#close(execution)
    execution.end(status, result)
  }

  issueToken(task: Task): string {
    // Like AWS's tokens it has about 1,000 characters, and some of them have a meaning in URLs.
    const taskToken = `AQB+/${randomBytes(745).toString('base64')}`
    task.taskToken = taskToken
    this.#tokens.set(taskToken, task)
    return taskToken
  }

  #scheduleActivity(task: Task, activityArn: string, input: string): void {
    const activity = this.activity(activityArn)
    task.last = task.execution.add(
      'ActivityScheduled',
      { resource: activityArn, input, inputDetails },
      task.last
    )
    activity.add(task, workerName => {
      task.last = task.execution.add(
        'ActivityStarted',
        workerName === undefined ? {} : { workerName },
        task.last
      )
      return { taskToken: this.issueToken(task), input }
    })
  }

  #scheduleCallback(
    task: Task,
    {
      parameters,
      resourceType = 'lambda',
      resource = 'invoke.waitForTaskToken'
    }: Exclude<Step, { activityArn: string }>
  ): void {
    const common = { resourceType, resource }
    const { execution, region } = task
    const text = JSON.stringify(parameters(this.issueToken(task)))
    task.last = execution.add('TaskScheduled', { ...common, region, parameters: text }, task.last)
    task.last = execution.add('TaskStarted', common, task.last)
    task.last = execution.add(
      'TaskSubmitted',
      { ...common, output: '{"StatusCode":200}', outputDetails: inputDetails },
      task.last
    )
  }

  #end(task: Task, how: 'Succeeded' | 'Failed' | 'TimedOut', end: StepEnd): void {
    const { execution, step } = task
    task.over = true
    const details = 'output' in end ? { ...end, outputDetails: inputDetails } : end
    const common =
      'activityArn' in step
        ? {}
        : {
            resourceType: step.resourceType ?? 'lambda',
            resource: step.resource ?? 'invoke.waitForTaskToken'
          }
    task.last = execution.add(
      `${'activityArn' in step ? 'Activity' : 'Task'}${how}`,
      { ...common, ...details },
      task.last
    )
    execution.tail = task.last
    if ('output' in end)
      execution.tail = execution.add('TaskStateExited', { name: 'Review', ...details }, task.last)
    this.#goOn(task, end)
  }

  #goOn(task: Task, end: StepEnd): void {
    const { execution } = task
    const next = execution.next?.(end)
    if (next !== undefined) {
      this.schedule(execution, next, 'output' in end ? undefined : task)
    } else if ('error' in end && !execution.stayOpen) {
      this.#close(execution)
      execution.end('FAILED', end)
    } else if (
      'output' in end &&
      !execution.stayOpen &&
      !this.#tasks.some(other => other.execution === execution && !other.over)
    ) {
      execution.end('SUCCEEDED', end)
    }
  }

  #close(execution: Execution): void {
    for (const task of this.#tasks) if (task.execution === execution) task.over = true
  }
}
