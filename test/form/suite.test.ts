import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { check } from '../../src/form/check.ts'
import { isJsonObject, parseJson } from '../../src/kinto/json.ts'
import { exceptions, type Outcome } from './suite-exceptions.ts'

interface Group {
  description: string
  schema: unknown
  tests: { description: string; data: unknown; valid: boolean }[]
}

const folder = join(import.meta.dirname, 'suite')
const needed = new Set(exceptions)

// The public suite for validators. Its numbers count as they are written.
for (const file of globSync('**/*.json', { cwd: folder }).toSorted()) {
  const groups = parseJson(readFileSync(join(folder, file), 'utf8')) as Group[]
  t.test(file, async t => {
    for (const { description, schema, tests } of groups) {
      for (const { description: test, data, valid } of tests) {
        const title = `${file}: ${description}: ${test}`
        const exception = exceptions.find(([titles]) => titles.test(title))
        if (exception !== undefined) needed.delete(exception)
        const expected = exception?.[1] ?? (valid ? 'valid' : 'invalid')
        t.equal(await outcomeOf(schema, data), expected, title)
      }
    }
  })
}

t.test('every exception is needed', async t => {
  t.strictSame([...needed], [])
})

/** A form is of an object, so the schema is that of a field, with references of its own. */
async function outcomeOf(schema: unknown, data: unknown): Promise<Outcome> {
  const value = isJsonObject(schema) ? { $id: 'suite:/schema', ...schema } : schema
  const form = JSON.stringify({ type: 'object', properties: { value } })
  const verdict = await check({ form, output: JSON.stringify({ value: data }) })
  if ('unusable' in verdict) return 'unusable'
  return verdict.faults.length === 0 ? 'valid' : 'invalid'
}
