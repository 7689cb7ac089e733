import { invalid, orRefusal, Refusal } from '../kinto/errors.ts'
import type { JsonObject } from '../kinto/json.ts'
import { readChoices, type Choice } from './record/choices.ts'
import type { Decision, KnownDecision } from './record/decision.ts'
import { hasForm, type Reading } from './record/reading.ts'
import { digestOf } from './record/sent-output.ts'
import type { AnswerRequest } from './record/task-output.ts'
import { withFittingFields, type AnswerBody } from './request.ts'

/**
 * What a request answers, by the choices of its record.
 * @throws Refusal 400 that names the field of the request that does not fit
 */
export function choose(request: AnswerBody, choices: readonly Choice[] | undefined): AnswerRequest {
  const { answer, choice: label } = request
  if (choices !== undefined) return chosen(request, find(request, choices))
  if (label !== undefined || answer === undefined)
    throw invalid('body', 'choice', 'This record has no choices: send an answer')
  return withFittingFields({ ...request, answer })
}

/**
 * Whether a request says what was decided on its record before: the same answer, choice and, where
 * the question has a form, output. What is not known of the decision does not count. What is known
 * does, whatever the record says by now.
 */
export function isSameAnswer(
  request: AnswerBody,
  reading: Reading,
  { output, proof, ...decided }: KnownDecision
): boolean {
  if (!isSameChoice(request, reading.data, decided)) return false
  // A history tells every output, all others only what was sent for a form.
  if (output === undefined || (proof === 'history' && !hasForm(reading))) return true
  return (
    Object.hasOwn(request, 'output') && digestOf({ value: request.output }) === digestOf(output)
  )
}

function isSameChoice(
  request: AnswerBody,
  record: JsonObject,
  { answer, choice }: Decision
): boolean {
  if (request.answer !== undefined && request.answer !== answer) return false
  // The record may have changed since: choices that are not there, or are unusable, deny nothing.
  const found = orRefusal(() => readChoices(record))
  const choices = found instanceof Refusal || found === undefined ? [] : found
  if (request.choice === undefined) {
    const [only, ...others] = choices.filter(each => fits(request, each))
    return (
      choice === undefined ||
      choices.length === 0 ||
      (only?.label === choice && others.length === 0)
    )
  }
  if (choice !== undefined) return request.choice === choice
  const named = choices.find(({ label }) => label === request.choice)
  return (request.answer ?? named?.answer) === answer
}

function find(request: AnswerBody, choices: readonly Choice[]): Choice {
  const isNamed = request.choice !== undefined
  const [choice, another] = isNamed
    ? choices.filter(({ label }) => label === request.choice)
    : choices.filter(each => fits(request, each))
  if (choice !== undefined && another === undefined) return choice
  const labels = choices.map(({ label }) => JSON.stringify(label)).join(', ')
  throw invalid('body', 'choice', isNamed ? `Should be one of ${labels}` : `Required: ${labels}`)
}

function fits({ answer, error }: AnswerBody, choice: Choice): boolean {
  return answer === choice.answer && (error === undefined || error === choice.error)
}

function chosen(request: AnswerBody, { label, answer, error, comment }: Choice): AnswerRequest {
  const of = `of the choice ${JSON.stringify(label)}`
  if (request.answer !== undefined && request.answer !== answer)
    throw invalid('body', 'answer', `The answer ${of} is ${answer}`)
  if (request.error !== undefined && request.error !== error)
    throw invalid('body', 'error', `The error ${of} is ${error ?? 'another one'}`)
  if (comment === 'required' && (request.comment ?? '').trim() === '')
    throw invalid('body', 'comment', `Required: the choice ${JSON.stringify(label)} needs a reason`)
  return withFittingFields({ ...request, answer, error, choice: label })
}
