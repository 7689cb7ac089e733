// The Lambda of both state machines: it asks a reviewer through kinto-stepfunction, and returns the
// response. Runtime nodejs22.x or newer, handler `create-record.handler`. Its environment:
//   KINTO_COLLECTION     the collection, at the service:
//                        https://kinto.example.com/v1/buckets/stepfunction/collections/manual_steps
//   KINTO_AUTHORIZATION  of an account that may create records there; in the event it would end up
//                        in the execution's history

import { createHash } from 'node:crypto'

export async function handler({ asked, ...question }) {
  // One task token has one record, however often this runs.
  // Without a token, each time that a state is entered has one record.
  const id =
    question.taskToken === undefined
      ? uuidOf({ asked, execution: question.executionArn })
      : undefined
  const url = `${process.env.KINTO_COLLECTION}/stepfunction`
  const response = await fetch(url, {
    method: 'POST',
    headers: { Authorization: process.env.KINTO_AUTHORIZATION, 'Content-Type': 'application/json' },
    body: JSON.stringify({
      data: { ...question, id, status: 'UNANSWERED' },
      permissions: { write: [question.reviewer] }
    }),
    signal: AbortSignal.timeout(20_000)
  }).catch(error => {
    throw new Error(`${url} cannot be reached: ${error.cause ?? error}`)
  })
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`)
  return await response.json()
}

// A UUID (RFC 9562, version 8), because the service looks in the task of an activity for the id of
// its record, and takes only a UUID for one
function uuidOf(value) {
  const hex = createHash('sha256').update(JSON.stringify(value)).digest('hex')
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32)
  ].join('-')
}
