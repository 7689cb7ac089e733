import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { ActivityQueue } from './step-functions-activity.ts'
import { Calls } from './step-functions-calls.ts'
import { Execution } from './step-functions-execution.ts'
import { Faults } from './step-functions-faults.ts'
import { StepFunctionsModel } from './step-functions-model.ts'
import { createStepFunctionsServer } from './step-functions-server.ts'
import type { AddressInfo } from 'node:net'
import type { Next } from './step-functions-execution.ts'
import type { Fault } from './step-functions-faults.ts'
import type { Call } from './step-functions-input.ts'
import type { Operation } from './step-functions-operations.ts'

export type { Execution, Fault, Call, Operation }

/** The credentials, region and names that the tests use. */
export const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
export const region = 'us-west-2'
export const activityArn = `arn:aws:states:${region}:123456789012:activity:ManualStep`
export const stateMachineArn = `arn:aws:states:${region}:123456789012:stateMachine:AddonSigning`

/** The execution of a step: a running one, whose next step this is, or else a new one. */
interface Run {
  /** A running execution. */
  executionArn?: string
  stateMachineArn?: string
  input?: unknown
  /** The steps that follow. Without it the first answer ends the execution. */
  next?: Next
  /** Whether the execution runs on after its last step. */
  stayOpen?: boolean
}

interface Callback extends Run {
  /** The task's parameters with the token. The default is what a Lambda gets: input and token. */
  parameters?: (taskToken: string, executionArn: string) => unknown
  resourceType?: string
  resource?: string
}

export type StepFunctionsEndpoint = Awaited<ReturnType<typeof startStepFunctions>>

/**
 * Starts an endpoint on a free port of 127.0.0.1 that behaves as Step Functions of AWS does. It is
 * closed with the test. `pollMs` is how long GetActivityTask waits for a task (AWS: 60 s).
 */
export async function startStepFunctions(
  t: { teardown: (close: () => unknown) => void },
  { pollMs = 60_000, port = 0 } = {}
) {
  const model = new StepFunctionsModel()
  const faults = new Faults()
  const calls = new Calls()

  const server = createStepFunctionsServer({
    model,
    faults,
    pollMs,
    onCall: call => calls.begin(call)
  })
  const listen = async (at: number): Promise<unknown> =>
    await once(server.listen(at, '127.0.0.1'), 'listening')
  const close = async (): Promise<void> => {
    const closed = once(server.close(), 'close')
    server.closeAllConnections()
    await closed
  }
  await listen(port)
  t.teardown(close)
  const address = server.address() as AddressInfo

  function run({
    executionArn,
    stateMachineArn: machine = stateMachineArn,
    input = {},
    next,
    stayOpen
  }: Run): Execution {
    const arn =
      executionArn ?? `${machine.replace(':stateMachine:', ':execution:')}:${randomUUID()}`
    const execution =
      model.executions.get(arn) ?? new Execution(arn, machine, JSON.stringify(input))
    model.executions.set(arn, execution)
    execution.next = next ?? execution.next
    execution.stayOpen = stayOpen ?? execution.stayOpen
    return execution
  }

  return {
    url: `http://127.0.0.1:${address.port}`,
    /** Every call that arrived, also those that went wrong. */
    calls: calls.all,
    callsOf: (operation: Operation): Call[] => calls.of(operation),
    /** Resolves with the next call of the operation. */
    called: async (operation: Operation): Promise<Call> => await calls.next(operation),
    /** The most calls of the operation at one time, with those that a fault delays. */
    mostOpen: (operation: Operation): number => calls.mostOpen(operation),
    /**
     * Plans a fault for the next `when` calls, or for every call that the predicate accepts.
     * @returns a function that ends it
     */
    fault: (
      operation: Operation | '*',
      fault: Fault,
      when: number | ((call: Call) => boolean) = 1
    ) => faults.add(operation, fault, when),

    /** Cuts every connection, as when the network fails. */
    disconnect: (): void => {
      server.closeAllConnections()
    },
    /**
     * Cuts every connection and takes no new one, like an endpoint that restarts. Its state stays.
     * @returns a function that brings it back
     */
    goAway: async (): Promise<() => Promise<void>> => {
      await close()
      return async () => {
        await listen(address.port)
      }
    },

    createActivity(arn = activityArn): string {
      model.activities.set(arn, new ActivityQueue())
      return arn
    },
    /** Lets an execution wait for an activity's worker. */
    scheduleActivity({
      activityArn: arn = activityArn,
      ...options
    }: Run & { activityArn?: string } = {}): { executionArn: string } {
      const execution = run(options)
      model.schedule(execution, { activityArn: arn, input: options.input ?? {} })
      return { executionArn: execution.arn }
    },
    /** Lets an execution wait for a caller that has its token. */
    waitCallback(options: Callback = {}): { taskToken: string; executionArn: string } {
      const execution = run(options)
      const {
        parameters = (taskToken: string) => ({
          FunctionName: 'PostToKinto',
          Payload: { ...Object(options.input), taskToken }
        }),
        resourceType,
        resource
      } = options
      const step = {
        parameters: (taskToken: string) => parameters(taskToken, execution.arn),
        ...(resourceType && { resourceType }),
        ...(resource && { resource })
      }
      return {
        taskToken: model.schedule(execution, step).taskToken ?? '',
        executionArn: execution.arn
      }
    },

    execution: (arn: string): Execution => model.execution(arn),
    /** Resolves when the execution has ended. */
    finished: async (executionArn: string): Promise<Execution> =>
      await model.execution(executionArn).finished,
    /** Answers past the service. */
    answer: (taskToken: string, end: { output: string }): void => {
      model.answer(model.task(taskToken), end)
    },
    /** Lets the time of a token's step run out. */
    expire: (taskToken: string): void => {
      model.expire(model.task(taskToken))
    },
    /** Does what StopExecution does: every token of the execution is dead. */
    stop: (executionArn: string, result?: { error?: string; cause?: string }): void => {
      model.stop(model.execution(executionArn), 'ABORTED', result)
    },
    /** Lets a failed execution go on. What did not succeed is to be scheduled again. */
    redrive: (executionArn: string): void => {
      model.execution(executionArn).redrive()
    },
    /** Lets the execution's own time run out. */
    timeOut: (executionArn: string): void => {
      model.stop(model.execution(executionArn), 'TIMED_OUT')
    },

    /** The number of polls that are open now, also of those whose client has left. */
    pollsOpen: (arn = activityArn): number => model.activity(arn).pollsOpen,
    /** The most polls that were open at one time. */
    maxPollsOpen: (arn = activityArn): number => model.activity(arn).maxPollsOpen,
    /** The number of polls whose client left before the reply. */
    pollsAbandoned: (arn = activityArn): number => model.activity(arn).abandoned,
    /** The number of tasks that no worker has taken. */
    tasksQueued: (arn = activityArn): number => model.activity(arn).queued,
    /** Resolves when so many polls are open. */
    pollsReach: async (count: number, arn = activityArn): Promise<void> => {
      await model.activity(arn).pollsReach(count)
    }
  }
}
