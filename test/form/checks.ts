import { check, type CheckResult } from '../../src/form/check.ts'

/** A form with one field, `a`, and what else it has. */
export function formOf(a: unknown, more: object = {}): object {
  return { type: 'object', properties: { a }, ...more }
}

/** What the thread would say of a form and an output; texts are JSON. */
export async function resultOf(form: unknown, output?: unknown): Promise<CheckResult> {
  return await check(
    output === undefined ? { form: json(form) } : { form: json(form), output: json(output) }
  )
}

/** The faults of an output: `items.3.name: description`. */
export async function faultsOf(form: unknown, output: unknown): Promise<string[]> {
  const verdict = await resultOf(form, output)
  if ('unusable' in verdict) throw new Error(verdict.unusable)
  return verdict.faults.map(({ path, description }) => `${path.join('.')}: ${description}`)
}

/** A schema with conditions. The linter wants no object written down that has a `then`. */
export function conditional(if_: unknown, then: unknown, else_: unknown = true): object {
  const names = ['if', 'then', 'else'] as const
  const schemas = [if_, then, else_]
  return Object.fromEntries(names.map((name, index) => [name, schemas[index]]))
}

/** A value in itself, so many times. */
export function nested(times: number, wrap: (inner: unknown) => unknown, inner: unknown): unknown {
  let value = inner
  for (let time = 0; time < times; time++) value = wrap(value)
  return value
}

export function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index)
}

function json(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
