import { AwsError, invalidField } from './step-functions-errors.ts'
import { arn, taskToken, text } from './step-functions-input.ts'
import type { ActivityTask } from './step-functions-activity.ts'
import type { Call } from './step-functions-input.ts'
import type { StepFunctionsModel } from './step-functions-model.ts'

export type Operation =
  | 'GetActivityTask'
  | 'SendTaskSuccess'
  | 'SendTaskFailure'
  | 'SendTaskHeartbeat'
  | 'GetExecutionHistory'
  | 'DescribeExecution'

export const operations: Record<string, (model: StepFunctionsModel, call: Call) => object> = {
  SendTaskSuccess(model, call) {
    const token = taskToken(call)
    const output = text(call, 'output', { required: true, max: 262_144, bytes: true })
    model.task(token, call.region)
    if (!isJson(output)) throw new AwsError('InvalidOutput')
    model.answer(model.waitingTask(token, call.region), { output })
    return {}
  },
  SendTaskFailure(model, call) {
    const token = taskToken(call)
    const end = {
      error: text(call, 'error', { max: 256 }),
      cause: text(call, 'cause', { max: 32_768 })
    }
    model.answer(model.waitingTask(token, call.region), end)
    return {}
  },
  SendTaskHeartbeat(model, call) {
    model.waitingTask(taskToken(call), call.region)
    return {}
  },
  DescribeExecution(model, call) {
    const {
      arn: executionArn,
      stateMachineArn,
      status,
      startDate,
      stopDate,
      output,
      error,
      cause
    } = model.execution(arn(call, 'executionArn', 'execution'))
    return {
      executionArn,
      stateMachineArn,
      name: executionArn.split(':').at(-1),
      status,
      startDate,
      stopDate,
      output,
      error,
      cause
    }
  },
  GetExecutionHistory(model, call) {
    const events = model.execution(arn(call, 'executionArn', 'execution')).events.slice()
    if (call.input['reverseOrder'] === true) events.reverse()
    const size = pageSize(call)
    const from = pageStart(text(call, 'nextToken', { min: 1, max: 1024 }))
    const page = events.slice(from, from + size)
    return {
      events: page,
      ...(from + size < events.length && {
        nextToken: Buffer.from(`from ${from + size}`).toString('base64')
      })
    }
  }
}

/** Opens a long poll. */
export function getActivityTask(
  model: StepFunctionsModel,
  call: Call,
  waitMs: number
): { task: Promise<ActivityTask | undefined>; leave: () => void; cancel: () => void } {
  const activity = model.activity(arn(call, 'activityArn', 'activity'))
  const workerName = text(call, 'workerName', { min: 1, max: 80 })
  if (workerName !== undefined && /[\s<>{}[\]?*"#%\\^|~`$&,;:/]/.test(workerName))
    throw new AwsError('InvalidName')
  return activity.poll(workerName, waitMs)
}

function pageSize(call: Call): number {
  const size = call.input['maxResults'] ?? 0
  if (typeof size !== 'number') throw new AwsError('SerializationException')
  if (size < 0 || size > 1000)
    throw invalidField('maxResults', 'Member must have value less than or equal to 1000')
  return size === 0 ? 100 : size
}

function pageStart(nextToken: string | undefined): number {
  if (nextToken === undefined) return 0
  const from = /^from (\d+)$/.exec(Buffer.from(nextToken, 'base64').toString())?.[1]
  if (from === undefined) throw new AwsError('InvalidToken')
  return Number(from)
}

function isJson(value: string): boolean {
  try {
    JSON.parse(value)
    return true
  } catch {
    return false
  }
}
