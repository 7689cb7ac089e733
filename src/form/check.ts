import { RetrievalError } from '@hyperjump/browser'
import type { CompiledSchema } from '@hyperjump/json-schema/experimental'
import * as Instance from '@hyperjump/json-schema/instance/experimental'
import { parseExact, toInstance, UnusableNumber, type Json } from './exact-json.ts'
import { toFaults, type Fault } from './faults.ts'
import { findingsIn, type Node } from './findings.ts'
import { compileForm, dialect, metaSchema } from './validator.ts'

/** A form, and what may have been sent for it; both as JSON. */
export interface Check {
  form: string
  output?: string
}

/** What a check found. */
export type CheckResult =
  /** Why nobody can use the form, in a sentence. */
  | { unusable: string }
  /** What is wrong with the output: empty when it fits, and when there is none. */
  | { faults: Fault[] }

type JsonObject = { [name: string]: Json }

// Characters of a text that is not ours.
const longest = 300

class UnusableForm extends Error {}

/**
 * Checks a form and then the output. It can take any time and any memory, so it is for the worker
 * thread. Forms are checked one at a time: the validator has one place for all.
 */
export async function check({ form, output }: Check): Promise<CheckResult> {
  try {
    const compiled = await prepare(form)
    if (output === undefined) return { faults: [] }
    return { faults: faultsIn(compiled, output) }
  } catch (error) {
    return { unusable: reasonOf(error) }
  }
}

/** @throws Error whose reason makes the form unusable */
async function prepare(text: string): Promise<CompiledSchema> {
  const form = toInstance(parseExact(text))
  if (form.type !== 'object') throw new UnusableForm('A form must be a JSON object.')
  for (const node of Instance.allNodes(form)) refuseOtherDialect(node)
  const [fault] = toFaults(findingsIn(metaSchema, form))
  if (fault !== undefined) {
    const place = fault.path.join('.').slice(0, longest)
    throw new UnusableForm(`The form is no JSON Schema (2020-12). ${place}: ${fault.description}.`)
  }
  const { $schema: _, ...schema } = Instance.value<JsonObject>(form)
  if (schema['type'] !== 'object')
    throw new UnusableForm('The form must describe an object: it needs "type": "object".')
  return await compileForm(schema)
}

/**
 * A form has no word in what keywords mean: the validator would take it for all forms.
 * @throws UnusableForm
 */
function refuseOtherDialect(node: Node): void {
  if (node.type !== 'object') return
  const value = Instance.value<JsonObject>(node)
  if (Object.hasOwn(value, '$vocabulary'))
    throw new UnusableForm('The form must not use "$vocabulary".')
  const { $schema = dialect } = value
  if (typeof $schema === 'string' && $schema !== dialect && $schema !== `${dialect}#`)
    throw new UnusableForm(`The form must be a JSON Schema of 2020-12 ("$schema": "${dialect}").`)
}

function faultsIn(form: CompiledSchema, text: string): Fault[] {
  try {
    return toFaults(findingsIn(form, toInstance(parseExact(text))))
  } catch (error) {
    if (!(error instanceof UnusableNumber)) throw error
    return [{ path: [], description: 'Must not hold a number with an exponent of ten digits' }]
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof UnusableForm) return error.message
  if (error instanceof RangeError) return 'The form leads in a circle, or is nested too deeply.'
  if (error instanceof UnusableNumber)
    return 'The form must not hold a number with an exponent of ten digits.'
  const message = String(error)
    .replace(/^\w+: /, '')
    .slice(0, longest)
  if (error instanceof RetrievalError)
    return `A reference in the form leads to nothing in it: ${message}`
  return `The form cannot be used: ${message}`
}
