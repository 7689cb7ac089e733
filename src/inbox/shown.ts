import { readChoices, type Choice } from '../answer/record/choices.ts'
import { isAbsent } from '../answer/record/record.ts'
import { orRefusal, Refusal } from '../kinto/errors.ts'
import type { JsonObject } from '../kinto/json.ts'

// In characters, as JavaScript counts them. A list has 500 entries: each has some kB at most,
// whatever its record has.
const longest = { subject: 1_000, name: 300, help: 300, comment: 2_500 }
const mostNames = 10

/** The fields of a record that an entry shows, within bounds. Malformed ones are left out. */
export function shownFields(data: JsonObject): JsonObject {
  const { id, last_modified, subject, reviewer, requestedBy, expiresAt, choices, status } = data
  return {
    id,
    last_modified,
    subject: shownText(subject, longest.subject),
    reviewer: shownText(reviewer),
    requestedBy: namesIn(requestedBy),
    expiresAt: shownText(expiresAt),
    choices: choicesIn(choices),
    status: shownText(status)
  }
}

/** A text as an entry shows it. Undefined for all else. */
export function shownText(value: unknown, most = longest.name): string | undefined {
  if (typeof value !== 'string' || isAbsent(value)) return undefined
  // Not between the two halves of a character.
  return value.length <= most ? value : `${value.slice(0, most).replace(/[\uD800-\uDBFF]$/, '')}…`
}

/** What a reviewer wrote, as an entry shows it. */
export function shownComment(comment: string | undefined): string | undefined {
  return shownText(comment, longest.comment)
}

function namesIn(value: unknown): string | string[] | undefined {
  if (!Array.isArray(value)) return shownText(value)
  return value.slice(0, mostNames).flatMap(name => shownText(name) ?? [])
}

function choicesIn(choices: unknown): Choice[] | undefined {
  const read = orRefusal(() => readChoices({ choices }))
  if (read === undefined || read instanceof Refusal) return undefined
  return read.map(choice => {
    const help = shownText(choice.help, longest.help)
    return help === undefined ? choice : { ...choice, help }
  })
}
