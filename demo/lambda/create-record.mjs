// The Lambda of both state machines: it asks a reviewer by creating a record in Kinto, and passes Kinto's answer on.
// Runtime nodejs22.x or newer, handler `create-record.handler`. Its environment:
//   KINTO_COLLECTION     https://kinto.example.com/v1/buckets/stepfunction/collections/manual_steps
//   KINTO_AUTHORIZATION  of an account that may create records there. In the event it would end up in the execution's history.

import { createHash } from 'node:crypto'

export async function handler ({ asked, taskToken, ...question }) {
  const url = `${process.env.KINTO_COLLECTION}/records/${uuidOf({ asked, question })}`
  const record = { data: { ...question, taskToken, status: 'UNANSWERED' }, permissions: { write: [question.reviewer] } }

  const created = await send(url, { method: 'PUT', headers: { 'If-None-Match': '*' }, body: JSON.stringify(record) })
  if (created.status !== 412) return await read(created)

  // Step Functions runs a Lambda again after an error, and the first run may have come this far
  const { details: { existing } } = await created.json()
  if (taskToken === undefined || taskToken === existing.taskToken) return { data: existing }
  // A retried callback state comes with a new token: the question is asked anew, in the same record
  const fresh = { taskToken, status: 'UNANSWERED', answeredBy: null, answeredAt: null, comment: null }
  return await read(await send(url, {
    method: 'PATCH',
    headers: { 'If-Match': `"${existing.last_modified}"`, 'Content-Type': 'application/merge-patch+json' },
    body: JSON.stringify({ data: fresh })
  }))
}

function send (url, { headers, ...request }) {
  return fetch(url, {
    headers: { Authorization: process.env.KINTO_AUTHORIZATION, 'Content-Type': 'application/json', ...headers },
    signal: AbortSignal.timeout(10_000),
    ...request
  })
}

async function read (response) {
  if (!response.ok) throw new Error(`Kinto answered ${response.status}: ${await response.text()}`)
  return await response.json()
}

// The same question of the same state has the same id, whatever its token. A UUID, because a task of an activity
// is matched to its record by nothing shorter (RFC 9562, version 8)
function uuidOf (value) {
  const hex = createHash('sha256').update(JSON.stringify(value)).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-')
}
