import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { AwsError } from './step-functions-errors.ts'
import { readCall } from './step-functions-input.ts'
import { getActivityTask, operations } from './step-functions-operations.ts'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Fault, Faults } from './step-functions-faults.ts'
import type { Call } from './step-functions-input.ts'
import type { StepFunctionsModel } from './step-functions-model.ts'

export interface ServerOptions {
  model: StepFunctionsModel
  faults: Faults
  pollMs: number
  /** @returns a function to call when the call has its reply, or its client has left */
  onCall: (call: Call) => () => void
}

interface Reply {
  status: number
  body: string
}

/** The HTTP side of Step Functions. It applies calls to the model, and fails as planned. */
export function createStepFunctionsServer(options: ServerOptions): Server {
  const polls = new Set<() => void>()
  const server = createServer((request, response) => {
    void answer(request, response, options, polls)
  })
  server.on('close', () => {
    for (const cancel of polls) cancel()
  })
  return server
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: ServerOptions,
  polls: Set<() => void>
): Promise<void> {
  try {
    const call = readCall(request, Buffer.concat(await request.toArray()).toString())
    response.on('close', options.onCall(call))
    const fault = options.faults.take(call)
    if (await goWrongBefore(fault, response)) return
    const reply = await apply(call, response, options, polls)
    goWrongAfter(fault, response, reply)
  } catch (error) {
    if (error instanceof AwsError) send(response, { status: error.status, body: error.body })
    else response.destroy()
  }
}

async function apply(
  call: Call,
  response: ServerResponse,
  { model, pollMs }: ServerOptions,
  polls: Set<() => void>
): Promise<Reply> {
  try {
    if (call.operation === 'GetActivityTask') {
      const poll = getActivityTask(model, call, pollMs)
      polls.add(poll.cancel)
      response.on('close', poll.leave)
      const task = await poll.task
      polls.delete(poll.cancel)
      return { status: 200, body: JSON.stringify(task ?? {}) }
    }
    const operation = operations[call.operation]
    if (operation === undefined) throw new AwsError('UnknownOperationException')
    return { status: 200, body: JSON.stringify(operation(model, call)) }
  } catch (error) {
    if (error instanceof AwsError) return { status: error.status, body: error.body }
    throw error
  }
}

/** @returns whether the call ends here, before anything was done */
async function goWrongBefore(fault: Fault | undefined, response: ServerResponse): Promise<boolean> {
  if (fault === undefined) return false
  if (typeof fault === 'string') return !fault.endsWith(' after') && fail(fault, response)
  if ('delayMs' in fault) await sleep(fault.delayMs)
  else if ('until' in fault) await fault.until
  else if ('reply' in fault) return send(response, { status: fault.status, body: fault.reply })
  else {
    if (fault.date !== undefined) response.setHeader('date', fault.date.toUTCString())
    const { status, body } = new AwsError(fault.error, fault.message, fault.status)
    return send(response, { status, body })
  }
  return false
}

function goWrongAfter(fault: Fault | undefined, response: ServerResponse, reply: Reply): void {
  if (typeof fault !== 'string' || !fail(fault, response)) send(response, reply)
}

/** Does to the connection what the fault says. Nothing is left to do then. */
function fail(fault: string, response: ServerResponse): true {
  const [kind = ''] = fault.split(' ')
  switch (kind) {
    case 'reset':
      response.socket?.resetAndDestroy()
      break
    case 'hang':
      break
    case '500':
      send(response, error('InternalFailure'))
      break
    case '502':
      send(response, { status: 502, body: '<html><body><h1>502 Bad Gateway</h1></body></html>' })
      break
    case 'garbled':
      send(response, { status: 200, body: '{"tru' })
      break
    case 'half':
      response.writeHead(200, { 'content-length': '100' }).write('{')
      break
    default:
      send(response, error(kind))
  }
  return true
}

function error(name: string): Reply {
  const { status, body } = new AwsError(name)
  return { status, body }
}

function send(response: ServerResponse, { status, body }: Reply): true {
  response
    .writeHead(status, {
      'content-type': 'application/x-amz-json-1.0',
      'x-amzn-requestid': '00000000-0000-4000-8000-000000000000'
    })
    .end(body)
  return true
}
