import { parseJson } from '../../src/kinto/json.ts'
import { conditional, formOf, nested, range } from './checks.ts'

/** A form and an output that cost as much as they can. */
export type WorstForm = readonly [title: string, form: unknown, output: unknown]

const mebibyte = 1024 * 1024

/** Each of so many definitions looks at the next one twice. */
function doubling(keyword: string): object {
  const definitions = range(60).map(index => {
    const next = { $ref: `#/$defs/d${index + 1}` }
    return [`d${index}`, { [keyword]: [next, next] }] as const
  })
  const $defs = Object.fromEntries([...definitions, ['d60', { required: ['a'] }]])
  return { type: 'object', $ref: '#/$defs/d0', $defs }
}

const objects = (count: number, names: number): object[] =>
  range(count).map(() => ({
    properties: Object.fromEntries(range(names).map(name => [`a${name}`, true]))
  }))

const fields = (count: number): object =>
  Object.fromEntries(range(count).map(index => [`a${index}`, index]))

export const worstForms: readonly WorstForm[] = [
  ['a pattern that explodes', formOf({ pattern: '^(a+)+$' }), { a: `${'a'.repeat(60)}!` }],
  [
    'one for names',
    { type: 'object', patternProperties: { '^(a+)+$': true } },
    { [`${'a'.repeat(60)}!`]: 1 }
  ],
  ['one that is cubic', formOf({ pattern: '^(.*a){30}$' }), { a: 'a'.repeat(100_000) }],
  [
    'patterns that are large',
    formOf({
      patternProperties: Object.fromEntries(range(20_000).map(i => [`^${i}(a{1000}){1000}`, true]))
    }),
    { a: { a: 1 } }
  ],
  ['a circle', { type: 'object', $ref: '#' }, {}],
  ['a circle without a schema', { type: 'object', $ref: '#/$ref' }, {}],
  [
    'a circle of two',
    formOf(
      { $ref: '#/$defs/a' },
      { $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } }
    ),
    { a: 1 }
  ],
  ['references that double', doubling('allOf'), {}],
  ['branches that double', doubling('anyOf'), {}],
  ['5,000 branches', formOf({ anyOf: range(5_000).map(index => ({ const: index })) }), { a: -1 }],
  [
    '300 branches for 5,000 entries',
    formOf({ items: { oneOf: range(300).map(index => ({ required: [`a${index}`] })) } }),
    { a: range(5_000).map(() => ({})) }
  ],
  [
    'branches in branches',
    formOf(nested(200, inner => ({ anyOf: [inner, { const: 1 }] }), { type: 'string' })),
    { a: 2 }
  ],
  [
    'conditions in conditions',
    formOf(nested(9, inner => conditional(inner, inner, inner), true)),
    { a: 1 }
  ],
  ['20,000 unique numbers', formOf({ uniqueItems: true }), { a: range(20_000) }],
  [
    '20,000 unique objects',
    formOf({ uniqueItems: true }),
    { a: range(20_000).map(index => ({ index })) }
  ],
  [
    'unique lists in lists',
    formOf(nested(400, inner => ({ uniqueItems: true, items: inner }), true)),
    { a: nested(900, inner => [inner], range(100)) }
  ],
  [
    'an output of 990 levels',
    { type: 'object', $dynamicAnchor: 'a', unevaluatedProperties: { $dynamicRef: '#a' } },
    nested(990, inner => ({ a: inner }), {})
  ],
  ['a form of 900 levels', formOf(nested(450, inner => ({ not: inner }), true)), { a: 1 }],
  [
    'properties that nobody looked at',
    { type: 'object', anyOf: objects(300, 100), unevaluatedProperties: false },
    fields(5_000)
  ],
  ['a form of 20,000 fields', { type: 'object', properties: objects(1, 20_000)[0] }, {}],
  ['"x"', 'x', {}],
  ['a list', [], {}],
  ['true', true, {}],
  ['a text of a MiB', formOf({ maxLength: 5 }), { a: 'a'.repeat(mebibyte) }],
  ['a name of a MiB', { type: 'object', maxProperties: 0 }, { ['a'.repeat(mebibyte)]: 1 }],
  ['139,000 wrong entries', formOf({ items: { type: 'string' } }), { a: range(139_000) }],
  ['90,000 wrong fields', { type: 'object', additionalProperties: false }, fields(90_000)],
  [
    'a MiB of long numbers',
    formOf({ uniqueItems: true }),
    parseJson(`{"a":[${'9007199254740993,'.repeat(61_000)}1]}`)
  ],
  ['a number of a MiB', formOf({ multipleOf: 7 }), parseJson(`{"a":${'9'.repeat(mebibyte)}}`)],
  [
    'a long divisor',
    parseJson(`{"type":"object","properties":{"a":{"multipleOf":${'7'.repeat(500_000)}}}}`),
    parseJson('{"a":1e999999999}')
  ],
  ...['date-time', 'duration', 'email', 'idn-hostname', 'ipv6', 'iri', 'regex', 'uri-template'].map(
    format =>
      [
        `${format} of a MiB`,
        formOf({ items: { format } }),
        { a: ['1.', '(', 'ü-', '{a,', 'P1'].map(part => part.repeat(200_000 / part.length)) }
      ] as const
  )
]
