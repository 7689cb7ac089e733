import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import { startStepFunctions } from '../../test/helpers/step-functions.ts'

// A Step Functions that behaves as AWS's; each call takes some milliseconds. A second server is for
// the bench: it prepares executions, and counts calls.

const endpoint = await startStepFunctions({ teardown: () => undefined })
endpoint.fault('*', { delayMs: Number(process.argv[2] ?? 0) }, () => true)

const server = createServer((request, response) => {
  void serve(request, response)
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (typeof address === 'object' && address !== null)
    process.stdout.write(`listening http://127.0.0.1:${address.port}\n`)
})

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.end(JSON.stringify(await reply(request)))
}

async function reply(request: IncomingMessage): Promise<unknown> {
  if (request.url === '/tokens')
    return Array.from(
      { length: Number(await json(request)) },
      () => endpoint.waitCallback().taskToken
    )
  if (request.url === '/activity') return endpoint.createActivity(String(await json(request)))
  if (request.url === '/schedule') return schedule(await json(request))
  return {
    endpoint: endpoint.url,
    calls: countCalls(),
    mostPolls: endpoint.mostOpen('GetActivityTask')
  }
}

// Starts an execution for each record; it waits for the record's answer
function schedule(body: unknown): number {
  const { activityArn, records } = Object(body)
  for (const id of records) endpoint.scheduleActivity({ activityArn, input: { id } })
  return records.length
}

function countCalls(): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { operation } of endpoint.calls) counts[operation] = (counts[operation] ?? 0) + 1
  return counts
}
