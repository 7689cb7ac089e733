import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { check } from '../../src/form/check.ts'
import { isJsonObject, parseJson } from '../../src/kinto/json.ts'
import { publicSuite } from './public-suite.ts'
import { exceptions, notClaimed, type Outcome } from './suite-exceptions.ts'

interface Group {
  description: string
  schema: unknown
  tests: { description: string; data: unknown; valid: boolean }[]
}

const folder = await publicSuite()
if (folder === undefined) t.test('the public suite', { skip: 'it cannot be had' }, () => {})
else testWith(folder)

/** Its numbers count as they are written. */
function testWith(suite: string): void {
  const unneeded = new Set<unknown>([...exceptions, ...notClaimed])
  const files = globSync('**/*.json', { cwd: suite }).toSorted()
  t.ok(files.length > 70)
  for (const file of files) {
    const left = notClaimed.find(([name]) => name === file)
    if (left !== undefined) {
      unneeded.delete(left)
      continue
    }
    const groups = parseJson(readFileSync(join(suite, file), 'utf8')) as Group[]
    t.test(file, async t => {
      for (const { description, schema, tests } of groups) {
        for (const { description: test, data, valid } of tests) {
          const title = `${file}: ${description}: ${test}`
          const usual = valid ? 'valid' : 'invalid'
          const outcome = await outcomeOf(schema, data)
          const exception = exceptions.find(([titles]) => titles.test(title))
          if (exception !== undefined && outcome !== usual) unneeded.delete(exception)
          t.equal(outcome, exception?.[1] ?? usual, title)
        }
      }
    })
  }
  t.test('every exception is needed', async t => {
    t.strictSame([...unneeded], [])
  })
}

/** A form is of an object, so the schema is that of a field, with references of its own. */
async function outcomeOf(schema: unknown, data: unknown): Promise<Outcome> {
  const value = isJsonObject(schema) ? { $id: 'suite:/schema', ...schema } : schema
  const form = JSON.stringify({ type: 'object', properties: { value } })
  const verdict = await check({ form, output: JSON.stringify({ value: data }) })
  if ('unusable' in verdict) return 'unusable'
  return verdict.faults.length === 0 ? 'valid' : 'invalid'
}
