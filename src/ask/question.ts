import { createHash } from 'node:crypto'
import {
  isAbsent,
  readHeartbeat,
  readStep,
  readToken,
  type ArnPolicy
} from '../answer/record/record.ts'
import { readTerms } from '../answer/record/terms.ts'
import { readObject } from '../answer/request.ts'
import { fieldsOfAnAnswer } from '../seal/digests.ts'
import { invalid } from '../kinto/errors.ts'
import { isJsonObject, type JsonObject } from '../kinto/json.ts'
import { isSealed, type QuestionToSeal } from '../seal/seals.ts'
import { keepableFields } from './keepable.ts'

/** A question that somebody asks, checked. */
export interface AskedQuestion extends QuestionToSeal {
  /** The id of its record: as given, or made from the token. */
  id: string
  /** Whether the id was made from the token, so that nobody else can have made it. */
  isIdOfToken: boolean
  /** Without id and token, as Kinto can keep it. */
  record: JsonObject
  /** Never empty: to Kinto an empty object would mean the permissions that are there already. */
  permissions: JsonObject
}

// Each value is read, written anew and digested.
const mostValues = 10_000

// A question has at most as many fields.
const mostOpenFields = 100

// The service acts on these fields, so they may not change after the question was asked.
const neverOpen = new Set([
  'stateMachineArn',
  'activityArn',
  'executionArn',
  'requestedBy',
  'choices',
  'form',
  'expiresAt',
  'heartbeatSeconds',
  'taskToken',
  'openFields'
])

/**
 * Reads the body of a question.
 * @throws Refusal 400, naming the first field that is wrong
 */
export function readQuestion(body: Uint8Array, policy: ArnPolicy): AskedQuestion {
  const {
    data,
    permissions = {},
    ...others
  } = readObject(body, mostValues, 'such as {"data": {"subject": "…", "taskToken": "…"}}')
  const [unknown] = Object.keys(others)
  if (unknown !== undefined)
    throw invalid('body', unknown, 'Only data and permissions are taken here')
  if (!isJsonObject(data))
    throw invalid('body', 'data', 'Required: an object with the fields of the record')
  if (!isJsonObject(permissions))
    throw invalid(
      'body',
      'permissions',
      'Should be an object, such as {"write": ["account:alice"]}'
    )
  const { id, last_modified: _version, taskToken: _token, ...record } = keepableFields(data)
  requireUnanswered(record)
  const taskToken = readToken(data, 'body')
  if (taskToken !== undefined && isSealed(taskToken))
    throw invalid('body', 'taskToken', 'This is not a task token: it was sealed already')
  const { region } = readStep(record, { taskToken, isDecided: false, location: 'body' }, policy)
  readTerms(record, 'body')
  return {
    ...idOf(id, taskToken),
    taskToken,
    fromActivity: taskToken === undefined,
    region,
    heartbeatSeconds: heartbeatIn(record),
    openFields: openFieldsIn(record),
    record,
    permissions: Object.keys(permissions).length === 0 ? { write: [] } : keepableFields(permissions)
  }
}

function requireUnanswered(fields: JsonObject): void {
  const { status } = fields
  if (!isAbsent(status) && status !== 'UNANSWERED')
    throw invalid('body', 'status', 'A question that is asked is UNANSWERED')
  const written = fieldsOfAnAnswer.find(name => !isAbsent(fields[name]))
  if (written !== undefined) throw invalid('body', written, 'This field is written by the answer')
}

function idOf(
  id: unknown,
  taskToken: string | undefined
): Pick<AskedQuestion, 'id' | 'isIdOfToken'> {
  if (!isAbsent(id)) {
    if (typeof id !== 'string') throw invalid('body', 'id', 'Should be a text')
    return { id, isIdOfToken: taskToken !== undefined && id === idOfToken(taskToken) }
  }
  if (taskToken === undefined)
    throw invalid(
      'body',
      'id',
      'Required without a taskToken, so that asking again finds the same record'
    )
  return { id: idOfToken(taskToken), isIdOfToken: true }
}

/**
 * One token has one question and one record. The record's id is a UUID of version 8 (RFC 9562),
 * which tells nothing of the token.
 */
function idOfToken(taskToken: string): string {
  const hex = createHash('sha256').update(`kinto-stepfunction record of ${taskToken}`).digest('hex')
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32)
  ].join('-')
}

function heartbeatIn(fields: JsonObject): number | undefined {
  const seconds = readHeartbeat(fields)
  if (seconds === undefined && !isAbsent(fields['heartbeatSeconds']))
    throw invalid('body', 'heartbeatSeconds', 'Should be a number of seconds above 0')
  return seconds
}

function openFieldsIn({ openFields }: JsonObject): string[] {
  if (isAbsent(openFields)) return []
  if (!Array.isArray(openFields) || openFields.length > mostOpenFields)
    throw invalid(
      'body',
      'openFields',
      `Should be a list of at most ${mostOpenFields} names of fields`
    )
  return openFields.map((name: unknown) => {
    if (typeof name !== 'string')
      throw invalid('body', 'openFields', 'Should be a list of names of fields')
    if (neverOpen.has(name))
      throw invalid('body', 'openFields', `The service acts on ${name}, so that may not change`)
    return name
  })
}
