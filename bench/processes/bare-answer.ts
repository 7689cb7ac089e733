import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Agent, request as ask } from 'undici'
import { recordRequests, reportRequest } from '../answers/unavoidable.ts'
import type { Request } from '../load/workload.ts'

// Makes the calls of an answer with a token in the record, each as soon as possible, without checks

const [, , kinto = '', stepFunctions = ''] = process.argv
const dispatcher = new Agent()

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    process.stdout.write(`${String(error)}\n`)
    response.writeHead(500).end()
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (typeof address === 'object' && address !== null)
    process.stdout.write(`listening http://127.0.0.1:${address.port}\n`)
})

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { authorization = '' } = request.headers
  const record = `${kinto}${request.url?.slice(0, -'/stepfunction'.length)}`
  const as = (known: Request): Request => ({
    ...known,
    headers: { ...known.headers, authorization }
  })
  const [shown] = await Promise.all([
    call(record, as(recordRequests['GET record'])),
    call(record, as(recordRequests['PATCH that proves the right'])),
    call(`${kinto}/v1/`, as(recordRequests['GET record']))
  ])
  const { data } = Object(shown)
  await call(
    stepFunctions,
    reportRequest('SendTaskSuccess', {
      taskToken: data.taskToken,
      output: '{"message": "signed off"}'
    })
  )
  const updated = await call(record, as(recordRequests['PATCH that notes the answer']))
  request.resume()
  response.end(JSON.stringify(updated))
}

async function call(url: string, { method, headers, body, status }: Request): Promise<unknown> {
  const { statusCode, body: content } = await ask(url, {
    dispatcher,
    method: method === 'GET' ? 'GET' : method === 'PATCH' ? 'PATCH' : 'POST',
    headers,
    ...(body !== undefined && { body })
  })
  if (statusCode !== status) throw new Error(`${url} answered ${statusCode}.`)
  return await content.json()
}
