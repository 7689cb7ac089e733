import { invalid, type Refusal } from '../../kinto/errors.ts'
import { isJsonObject, type JsonObject } from '../../kinto/json.ts'
import { isStorable } from '../../kinto/storable.ts'
import { isVerb, type Verb } from './decision.ts'
import { whyNoErrorName } from './error-name.ts'
import { isAbsent, type Location } from './record.ts'

/** One of the answers that a record offers, in its workflow's words. */
export interface Choice {
  label: string
  answer: Verb
  /** The error's name, with FAIL. */
  error?: string
  /** Whether the reviewer must say why. */
  comment?: 'required'
  /** What it will do, in a sentence. */
  help?: string
}

/** The answers to a record without `choices`. */
export const plainChoices: readonly Choice[] = [
  { label: 'Approve', answer: 'SUCCEED' },
  { label: 'Reject', answer: 'FAIL' }
]

const mostChoices = 10

/** The longest label, in characters as JavaScript counts them. */
export const longestLabel = 80

/**
 * The choices of a record. Undefined where it has none.
 * @throws Refusal 400 that names `choices` and says what is wrong
 */
export function readChoices(
  { choices: list }: JsonObject,
  location: Location = 'record'
): Choice[] | undefined {
  if (isAbsent(list)) return undefined
  const unusable = (reason: string): Refusal => invalid(location, 'choices', `choices ${reason}`)
  if (!Array.isArray(list) || list.length === 0 || list.length > mostChoices)
    throw unusable(`is not a list of 1 to ${mostChoices} objects.`)
  const labels = new Set<string>()
  return list.map((value: unknown, index) => {
    const choice = readChoice(value)
    if (typeof choice === 'string') throw unusable(`cannot be used: entry ${index + 1} ${choice}.`)
    if (labels.has(choice.label))
      throw unusable(`cannot be used: the label of entry ${index + 1} is there before.`)
    labels.add(choice.label)
    return choice
  })
}

/** A choice, or what is wrong with it. Keys that are not known are left out. */
function readChoice(value: unknown): Choice | string {
  if (!isJsonObject(value)) return 'is no object'
  const { label, answer, error, comment, help } = value
  if (typeof label !== 'string' || label === '' || label.length > longestLabel)
    return `needs a label of 1 to ${longestLabel} characters`
  if (!isStorable(label)) return 'has a label that cannot be stored'
  if (!isVerb(answer)) return 'needs an answer, "SUCCEED" or "FAIL"'
  const choice: Choice = { label, answer }
  if (!isAbsent(error)) {
    if (answer !== 'FAIL') return 'has an error, which goes with FAIL only'
    if (typeof error !== 'string') return 'has an error that is no text'
    const reason = whyNoErrorName(error)
    if (reason !== undefined) return `has an error that cannot be used: ${reason}`
    choice.error = error
  }
  if (!isAbsent(comment)) {
    if (comment !== 'required') return 'has a comment that is not "required"'
    choice.comment = comment
  }
  if (!isAbsent(help)) {
    if (typeof help !== 'string') return 'has a help that is no text'
    choice.help = help
  }
  return choice
}
