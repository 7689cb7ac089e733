import * as Browser from '@hyperjump/browser'
import { addKeyword, getKeyword, type Keyword } from '@hyperjump/json-schema/experimental'
import * as Instance from '@hyperjump/json-schema/instance/experimental'
import { literalOf } from './exact-json.ts'
import { compare, isMultiple, isWhole } from './numbers.ts'

type Node = Parameters<Keyword<unknown>['interpret']>[1]
type Test = (limit: unknown, value: unknown) => boolean

// Where the meaning of a keyword stands among the validator's.
const keywords = 'https://json-schema.org/keyword/'

const tests: Readonly<Record<string, Test>> = {
  minimum: (limit, value) => compare(value, limit) >= 0,
  maximum: (limit, value) => compare(value, limit) <= 0,
  exclusiveMinimum: (limit, value) => compare(value, limit) > 0,
  exclusiveMaximum: (limit, value) => compare(value, limit) < 0,
  multipleOf: (limit, value) => isMultiple(value, limit)
}

// A marker is no number to these, and no count needs its exactness.
const limits = ['Length', 'Items', 'Properties'].flatMap(of => [`min${of}`, `max${of}`])

const additional = getKeyword<[names: RegExp, schema: string]>(`${keywords}additionalProperties`)

const format = getKeyword<string>(`${keywords}draft-2020-12/format`)

/** Has the validator look at numbers as they were written. It may be called again. */
export function replaceKeywords(): void {
  for (const [name, test] of Object.entries(tests)) {
    addKeyword<unknown>({
      id: keywords + name,
      compile: async schema => Browser.value(schema),
      interpret: (limit, node) =>
        Instance.typeOf(node) !== 'number' || test(limit, Instance.value(node))
    })
  }
  addKeyword<string | string[]>({
    id: `${keywords}type`,
    compile: async schema => Browser.value(schema),
    interpret: (types, node) => [types].flat().some(type => isOfType(type, node))
  })
  for (const name of limits) {
    addKeyword<unknown>({
      ...getKeyword<unknown>(keywords + name),
      compile: async schema => Number(literalOf(Browser.value(schema)))
    })
  }
  addKeyword<[names: RegExp, schema: string]>({ ...additional, compile: compileAdditional })
  addKeyword<string>({ ...format, interpret: isWellFormatted })
}

function isOfType(type: string, node: Node): boolean {
  if (type !== 'integer') return Instance.typeOf(node) === type
  return Instance.typeOf(node) === 'number' && isWhole(Instance.value(node))
}

/** The pattern of no character fits every name. Alone it is taken for no pattern. */
async function compileAdditional(
  ...args: Parameters<typeof additional.compile>
): Promise<[names: RegExp, schema: string]> {
  const [names, schema] = await additional.compile(...args)
  const [, , parent] = args
  const { patternProperties = {} } = Browser.value<{ patternProperties?: object }>(parent)
  return [Object.hasOwn(patternProperties, '') ? /(?:)/ : names, schema]
}

function isWellFormatted(...args: Parameters<typeof format.interpret>): boolean {
  try {
    return format.interpret(...args)
  } catch {
    // Some formats throw at a text that they have not met (`http://[V1.fe]` as a web address).
    return false
  }
}
