// The Lambda of both state machines: it asks a reviewer through kinto-stepfunction, and returns the
// response. Runtime nodejs22.x or newer, handler `create-record.handler`. Its environment:
//   KINTO_COLLECTION     the collection, at the service:
//                        https://kinto.example.com/v1/buckets/stepfunction/collections/manual_steps
//   KINTO_AUTHORIZATION  of an account that may create records there; in the event it would end up
//                        in the execution's history

import { createHash } from 'node:crypto'

// `timeoutSeconds`, in place of `expiresAt`: JSONPath has no arithmetic of dates. `asked.at` is
// when the state was entered, so that the function says the same time whenever it runs
export async function handler({ asked, timeoutSeconds, ...question }) {
  // One task token has one record, however often this runs.
  // Without a token, each time that a state is entered has one record.
  if (question.takeBack !== undefined) return await takeBack(question.takeBack)
  const id =
    question.id ??
    (question.taskToken === undefined
      ? uuidOf({ asked, execution: question.executionArn })
      : undefined)
  return await ask({
    data: { ...question, ...expiry(asked, timeoutSeconds), id, status: 'UNANSWERED' },
    permissions: { write: [question.reviewer] }
  })
}

function expiry(asked, timeoutSeconds) {
  if (timeoutSeconds === undefined) return {}
  return { expiresAt: new Date(Date.parse(asked.at) + timeoutSeconds * 1000).toISOString() }
}

// Nobody answered in time, so nobody need see the question any more
async function takeBack(id) {
  const record = `${setting('KINTO_COLLECTION')}/records/${id}`
  const headers = { Authorization: setting('KINTO_AUTHORIZATION') }
  const signal = AbortSignal.timeout(20_000)
  const response = await fetch(record, { method: 'DELETE', headers, signal })
  if (response.status >= 300 && response.status !== 404)
    throw new Error(`${record} answered ${response.status}: ${await response.text()}`)
  return { takenBack: id }
}

// An error of the function is all that the execution shows of it, so each one says where and why
async function ask(question) {
  const url = `${setting('KINTO_COLLECTION')}/stepfunction`
  const headers = {
    Authorization: setting('KINTO_AUTHORIZATION'),
    'Content-Type': 'application/json'
  }
  let status, text
  try {
    const body = JSON.stringify(question)
    const signal = AbortSignal.timeout(20_000)
    const response = await fetch(url, { method: 'POST', headers, body, signal })
    status = response.status
    text = await response.text()
  } catch (error) {
    throw new Error(`${url} cannot be reached: ${reasonOf(error)}`, { cause: error })
  }
  if (status >= 300) throw new Error(`${url} answered ${status}: ${text}`)
  try {
    return JSON.parse(text)
  } catch (cause) {
    const question = 'Is kinto-stepfunction there?'
    throw new Error(`${url} answered ${status}, but not in JSON. ${question}`, { cause })
  }
}

function setting(name) {
  const value = process.env[name]
  if (!value) throw new Error(`The environment of the function lacks ${name}`)
  return value
}

// The error of fetch says that it failed; its cause says why. A host with several addresses has one
// cause for each of them
function reasonOf({ message, cause }) {
  if (cause === undefined) return message
  return cause.errors?.map(error => error.message).join('; ') ?? cause.message
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
