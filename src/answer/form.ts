import type { Forms } from '../form/forms.ts'
import {
  invalid,
  invalidFields,
  unavailable,
  type FieldFault,
  type Refusal
} from '../kinto/errors.ts'
import type { JsonObject } from '../kinto/json.ts'
import type { Caller } from '../kinto/permission.ts'
import { whyNotStorable } from '../kinto/storable.ts'
import type { Location } from './record/record.ts'
import type { AnswerRequest } from './record/task-output.ts'
import { formOf } from './record/terms.ts'

export interface FormOptions {
  forms: Forms
}

/**
 * Why a record's form cannot be used. `location`: where the record stands. Callers take turns.
 * @returns undefined where it can, and where there is none
 * @throws Refusal 503 when no form can be looked at
 */
export async function checkForm(
  record: JsonObject,
  { principal }: Pick<Caller, 'principal'>,
  { forms, location = 'record' }: FormOptions & { location?: Location }
): Promise<Refusal | undefined> {
  const form = formOf(record)
  if (form === undefined) return undefined
  const reason = await forms.checkForm(form, principal).catch(noForms)
  return reason === undefined ? undefined : invalid(location, 'form', reason)
}

/**
 * What is wrong with an answer's output by its record's form, with an entry for each fault; or why
 * the form cannot be used with it.
 * @returns undefined where it fits
 * @throws Refusal 503 when no form can be looked at
 */
export async function checkOutput(
  { answer, output }: AnswerRequest,
  form: unknown,
  { principal }: Caller,
  { forms }: FormOptions
): Promise<Refusal | undefined> {
  if (form === undefined || answer === 'FAIL') return undefined
  if (output === undefined) return invalid('body', 'output', 'Required: this record has a form')
  // An answer is only reported if its output can be recorded.
  const reason = whyNotStorable(output)
  if (reason !== undefined) return invalid('body', 'output', reason)
  const result = await forms.checkOutput(form, output, principal).catch(noForms)
  if ('unusable' in result) return invalid('record', 'form', result.unusable)
  const [first, ...others] = result.faults.map(({ path, description }): FieldFault => ({
    location: 'body',
    name: ['output', ...path].join('.'),
    description
  }))
  return first === undefined ? undefined : invalidFields(first, ...others)
}

function noForms(cause: unknown): never {
  throw unavailable('The form could not be checked. Try again in a moment.', {
    cause,
    retryAfter: 3
  })
}
