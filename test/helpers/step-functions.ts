import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { ActivityQueue } from './step-functions-activity.ts'
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

/** Which execution a step belongs to: a running one by its ARN (its next step), else a new one of the state machine. */
interface Run {
  executionArn?: string
  stateMachineArn?: string
  input?: unknown
  /** What follows each step of the execution; without it the first answer ends the execution. */
  next?: Next
  /** Keep the execution running after its last step. */
  stayOpen?: boolean
}

interface Callback extends Run {
  /** The task's parameters, with the token in them. Default: a Lambda's payload of the input and `taskToken`. */
  parameters?: (taskToken: string, executionArn: string) => unknown
  resourceType?: string
  resource?: string
}

export type StepFunctionsEndpoint = Awaited<ReturnType<typeof startStepFunctions>>

/**
 * Starts a Step Functions endpoint on a free port of 127.0.0.1 that behaves as AWS does, closed with the test.
 * `pollMs` is how long GetActivityTask waits for a task (AWS: 60 s).
 */
export async function startStepFunctions(
  t: { teardown: (close: () => unknown) => void },
  { pollMs = 60_000, port = 0 } = {}
) {
  const model = new StepFunctionsModel()
  const faults = new Faults()
  const calls: Call[] = []
  const listeners: ((call: Call) => boolean)[] = []
  const open = new Set<Call>()
  const mostOpen = new Map<string, number>()
  const openOf = (operation: string): number =>
    [...open].filter(call => call.operation === operation).length
  const onCall = (call: Call): (() => void) => {
    calls.push(call)
    open.add(call)
    mostOpen.set(
      call.operation,
      Math.max(mostOpen.get(call.operation) ?? 0, openOf(call.operation))
    )
    for (const listener of listeners.slice())
      if (listener(call)) listeners.splice(listeners.indexOf(listener), 1)
    return () => {
      open.delete(call)
    }
  }

  const server = createStepFunctionsServer({ model, faults, pollMs, onCall })
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
    /** Every call that arrived, those that went wrong too. */
    calls,
    callsOf: (operation: Operation): Call[] => calls.filter(call => call.operation === operation),
    /** The next call of the operation. */
    called: async (operation: Operation): Promise<Call> =>
      await new Promise(resolve => {
        listeners.push(call => {
          if (call.operation === operation) resolve(call)
          return call.operation === operation
        })
      }),
    /** At most so many calls of the operation were under way at one time, those that a fault delays too. */
    mostOpen: (operation: Operation): number => mostOpen.get(operation) ?? 0,
    /** Plans a fault for the next calls (or for those that the predicate likes); the function it returns ends it. */
    fault: (
      operation: Operation | '*',
      fault: Fault,
      when: number | ((call: Call) => boolean) = 1
    ) => faults.add(operation, fault, when),

    /** Cuts every connection, as a network that fails. */
    disconnect: (): void => {
      server.closeAllConnections()
    },
    /** Cuts every connection and takes no new one, as an endpoint that restarts; it knows all that it knew. The function it returns brings it back. */
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
    /** Lets an execution wait for whoever has its token. */
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
    /** Lets the time of a token's step run out. */
    expire: (taskToken: string): void => {
      model.expire(model.task(taskToken))
    },
    /** StopExecution: every token of the execution is dead. */
    stop: (executionArn: string, result?: { error?: string; cause?: string }): void => {
      model.stop(model.execution(executionArn), 'ABORTED', result)
    },
    /** The execution's own time runs out. */
    timeOut: (executionArn: string): void => {
      model.stop(model.execution(executionArn), 'TIMED_OUT')
    },

    /** Polls that are held now, those of clients that have left too; at most at one time; left by their client; tasks not taken yet. */
    pollsOpen: (arn = activityArn): number => model.activity(arn).pollsOpen,
    maxPollsOpen: (arn = activityArn): number => model.activity(arn).maxPollsOpen,
    pollsAbandoned: (arn = activityArn): number => model.activity(arn).abandoned,
    tasksQueued: (arn = activityArn): number => model.activity(arn).queued,
    /** Resolves when so many polls are open. */
    pollsReach: async (count: number, arn = activityArn): Promise<void> => {
      await model.activity(arn).pollsReach(count)
    }
  }
}
