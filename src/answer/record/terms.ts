import { invalid } from '../../kinto/errors.ts'
import type { JsonObject } from '../../kinto/json.ts'
import { isGroupOfDefault, isPrincipal } from '../../kinto/principals.ts'
import { readChoices, type Choice } from './choices.ts'
import { isAbsent, type Location } from './record.ts'
import { readDateTime } from './date-time.ts'

/** What a record says of its answers, checked. */
export interface Terms {
  /** Undefined where the workflow names none: then anybody says SUCCEED or FAIL. */
  choices: Choice[] | undefined
  /** A JSON Schema, not checked yet. Undefined where any output will do. */
  form: unknown
}

/**
 * Reads the fields of a record that are about its answers. A form is only looked at from outside:
 * `../../form/` checks it.
 * @throws Refusal 400 that names the field that cannot be used
 */
export function readTerms(record: JsonObject, location: Location = 'record'): Terms {
  requirePrincipals(record, location)
  requireTime(record, location)
  return { choices: readChoices(record, location), form: formOf(record) }
}

/** The form of a record. Undefined where it has none. */
export function formOf({ form }: JsonObject): unknown {
  return isAbsent(form) ? undefined : form
}

/**
 * On whose behalf a record is asked: principals. Of a field that cannot be used, all that can be
 * read of it: such a record takes no answer in any case.
 */
export function requestersIn({ requestedBy }: JsonObject): string[] {
  const list: unknown[] = Array.isArray(requestedBy) ? requestedBy : [requestedBy]
  return list.filter(name => typeof name === 'string').filter(name => name !== '')
}

function requirePrincipals({ requestedBy }: JsonObject, location: Location): void {
  if (isAbsent(requestedBy)) return
  const list: unknown[] = Array.isArray(requestedBy) ? requestedBy : [requestedBy]
  const others = list.filter(name => typeof name !== 'string' || !isPrincipal(name))
  if (others.length === 0) return
  const ofDefault = others.some(name => typeof name === 'string' && isGroupOfDefault(name))
  throw invalid(
    location,
    'requestedBy',
    ofDefault
      ? 'requestedBy names a group of /buckets/default, which is another bucket for everybody. ' +
          'Write the id of the bucket: user.bucket in the root view.'
      : 'requestedBy is not a principal of Kinto, such as account:alice or ' +
          '/buckets/b/groups/g, or a list of principals.'
  )
}

function requireTime({ expiresAt }: JsonObject, location: Location): void {
  if (isAbsent(expiresAt) || readDateTime(expiresAt) !== undefined) return
  throw invalid(
    location,
    'expiresAt',
    'expiresAt is not a date and time as in RFC 3339, such as 2026-11-22T10:00:00Z.'
  )
}
