import t from 'tap'
import { conditional, faultsOf, formOf, nested, range, resultOf } from './checks.ts'

t.test('each fault is named with its place, for a person', async t => {
  const isText = { type: 'string' }
  for (const [field, value, faults] of [
    [isText, 1, ['a: Must be text']],
    [{ type: ['string', 'null'] }, 1, ['a: Must be text or empty (null)']],
    [
      { type: ['array', 'boolean', 'object'] },
      1,
      ['a: Must be a list, true or false or an object']
    ],
    [{ type: 'integer' }, 1.5, ['a: Must be a whole number']],
    [{ enum: ['b', 1, null] }, 'c', ['a: Must be "b", 1 or null']],
    [{ const: { b: 1 } }, 'c', ['a: Must be {"b":1}']],
    [{ minimum: 2 }, 1, ['a: Must be at least 2']],
    [{ maximum: 2 }, 3, ['a: Must be at most 2']],
    [{ exclusiveMinimum: 2 }, 2, ['a: Must be more than 2']],
    [{ exclusiveMaximum: 2 }, 2, ['a: Must be less than 2']],
    [{ multipleOf: 5 }, 2, ['a: Must be a multiple of 5']],
    [{ minLength: 1 }, '', ['a: Must not be empty']],
    [{ minLength: 2 }, '', ['a: Must have at least 2 characters']],
    [{ maxLength: 1 }, 'bc', ['a: Must have at most 1 character']],
    [{ minItems: 1 }, [], ['a: Must have at least 1 entry']],
    [{ maxItems: 0 }, [1], ['a: Must have at most 0 entries']],
    [{ minProperties: 2 }, {}, ['a: Must have at least 2 fields']],
    [{ maxProperties: 1 }, { b: 1, c: 2 }, ['a: Must have at most 1 field']],
    [{ uniqueItems: true }, [1, 1], ['a: Must not have the same entry twice']],
    [
      { contains: isText },
      [1],
      ['a: Does not have the entries that it needs, or has too many of them']
    ],
    [{ pattern: '^b+$' }, 'c', ['a: Must fit the pattern ^b+$']],
    [{ format: 'email' }, 'c', ['a: Must be an email address']],
    [{ format: 'date' }, 'c', ['a: Must be a date, such as 2026-11-28']],
    [{ format: 'idn-hostname' }, '-ü-', ['a: Must be the name of a host']],
    [{ format: 'idn-hostname' }, 'ü.'.repeat(100_000), ['a: Must be the name of a host']],
    [
      { format: 'uri' },
      'http://[V1.fe]',
      ['a: Must be a web address, such as https://example.com/']
    ],
    [{ format: 'json-pointer' }, 'c', ['a: Must be a well-formed json-pointer']],
    [{ not: isText }, 'c', ['a: This is not allowed here']],
    [false, 'c', ['a: Must not be here']],
    [{ required: ['b', 'c'] }, { b: 1 }, ['a.c: Required']],
    [{ dependentRequired: { b: ['c'], d: ['e'] } }, { b: 1 }, ['a.c: Required beside b']],
    [{ additionalProperties: false }, { b: 1 }, ['a.b: Must not be here']],
    [{ patternProperties: { '': true }, additionalProperties: false }, { b: 1 }, []],
    [
      { patternProperties: { '': isText }, additionalProperties: false },
      { b: 1 },
      ['a.b: Must be text']
    ],
    [
      { patternProperties: { '^c': true }, additionalProperties: false },
      { b: 1, c: 1 },
      ['a.b: Must not be here']
    ],
    [{ unevaluatedProperties: isText }, { b: 1 }, ['a.b: Must be text']],
    [
      { propertyNames: { maxLength: 1 } },
      { bc: 1 },
      ['a.bc: The name of this field: Must have at most 1 character']
    ],
    [{ items: isText }, ['b', 1, { c: 1 }], ['a.1: Must be text', 'a.2: Must be text']],
    [{ prefixItems: [isText], items: false }, ['b', 1], ['a.1: Must not be here']],
    [conditional(isText, { minLength: 2 }), 'b', ['a: Must have at least 2 characters']],
    [{ allOf: [isText, isText, { const: 1 }] }, 2, ['a: Must be text', 'a: Must be 1']]
  ] as const) {
    const form = JSON.stringify(formOf(field))
    t.strictSame(await faultsOf(form, { a: value }), faults, `${form} ${JSON.stringify(value)}`)
  }
})

t.test('of several kinds, the one that was meant is told, if it is clear', async t => {
  const isLong = { type: 'string', minLength: 3 }
  const kinds = ['b', 'c'].map(kind => ({
    properties: { kind: { const: kind }, size: { type: 'integer' } },
    required: ['size']
  }))
  const any = 'a: Must fit one of the kinds of values that are allowed here'
  const one = 'a: Must fit exactly one of the kinds of values that are allowed here'
  for (const [field, value, fault] of [
    [{ anyOf: [isLong, { type: 'null' }] }, 'b', 'a: Must have at least 3 characters'],
    [{ anyOf: [isLong, { type: 'null' }] }, 1, any],
    [{ anyOf: [isLong, false] }, 'b', 'a: Must have at least 3 characters'],
    [{ anyOf: [isLong, { minLength: 2 }] }, 'b', any],
    [{ oneOf: kinds }, { kind: 'c' }, 'a.size: Required'],
    [{ oneOf: kinds }, { kind: 'c', size: 'b' }, 'a.size: Must be a whole number'],
    [{ oneOf: kinds }, { kind: 'd', size: 1 }, one],
    [{ oneOf: [{ const: 'b', title: 'B' }, { const: 'c' }] }, 'd', 'a: Must be "b" or "c"'],
    [{ oneOf: [true, {}] }, 1, one]
  ] as const)
    t.strictSame(await faultsOf(formOf(field), { a: value }), [fault], JSON.stringify(field))
})

t.test('names and indexes lead to a fault, whatever they are', async t => {
  const form = formOf({ items: { properties: { 'b/~.0': { type: 'string' } } } })
  const output = { a: [{}, { 'b/~.0': 1 }] }
  t.strictSame(await resultOf(form, output), {
    faults: [{ path: ['a', 1, 'b/~.0'], description: 'Must be text' }]
  })
  const odd = '{"type":"object","additionalProperties":{"type":"string"},"required":["toString"]}'
  t.strictSame(await faultsOf(odd, '{"__proto__":1,"constructor":2}'), [
    '__proto__: Must be text',
    'constructor: Must be text',
    'toString: Required'
  ])
})

t.test('at most 100 faults are told, and no endless texts', async t => {
  const isText = { items: { type: 'string' } }
  t.equal((await faultsOf(formOf(isText), { a: range(1_000) })).length, 100)
  const required = { required: range(1_000).map(String) }
  t.equal((await faultsOf(formOf(required), { a: {} })).length, 100)
  t.equal((await faultsOf(formOf({ allOf: [isText, required] }), { a: {} })).length, 100)

  const long = 'b'.repeat(1_000)
  const [told = ''] = await faultsOf(formOf({ const: long }), { a: 1 })
  t.ok(told.length < 400, told)
  const deep = nested(100, inner => ({ [long]: inner }), { a: range(100) })
  const faults = await faultsOf(
    {
      type: 'object',
      $ref: '#/$defs/b',
      $defs: { b: { additionalProperties: { $ref: '#/$defs/b' }, ...isText } }
    },
    deep
  )
  t.equal(faults.length, 1)
})
