import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { formOf, nested, resultOf } from './checks.ts'

const metaSchema = 'https://json-schema.org/draft/2020-12/schema'

t.test('a well-formed form can be used', async t => {
  for (const form of [
    { type: 'object' },
    { $schema: metaSchema, type: 'object' },
    { $schema: `${metaSchema}#`, type: 'object' },
    { $id: 'https://example.com/form', ...formOf({ $ref: '#/$defs/a' }, { $defs: { a: true } }) },
    formOf({ $ref: 'a' }, { $defs: { a: { $id: 'a', $schema: metaSchema } } }),
    formOf({ $ref: metaSchema }),
    formOf({ type: 'string', format: 'textarea', 'ui:widget': 'textarea' }),
    formOf({ properties: { $schema: { type: 'string' } } }),
    formOf({ default: 9007199254740993n.toString() }),
    formOf(nested(400, inner => ({ not: inner }), true))
  ])
    t.strictSame(await resultOf(form), { faults: [] }, JSON.stringify(form).slice(0, 100))
})

t.test('any other is refused, and why', async t => {
  const reservedId = /: "\$id" must not begin with https:\/\/json-schema\.org\/, as .+ does\.$/
  const notAllowed = /^The form is no JSON Schema \(2020-12\)\. /
  for (const [form, reason] of [
    ['"x"', /^A form must be a JSON object\.$/],
    ['[]', /^A form must be a JSON object\.$/],
    ['null', /^A form must be a JSON object\.$/],
    ['true', /^A form must be a JSON object\.$/],
    ['12', /^A form must be a JSON object\.$/],
    ['9007199254740993', /^A form must be a JSON object\.$/],
    [{}, /it needs "type": "object"\.$/],
    [{ type: 'string' }, /it needs "type": "object"\.$/],
    [{ type: ['object', 'null'] }, /it needs "type": "object"\.$/],
    [{ type: 'objekt' }, /: Must be "array", "boolean", .* or "string"\.$/],
    [formOf({ type: 'strin' }), /\. properties\.a\.type: Must be /],
    [formOf(5), /\. properties\.a: Must be an object or true or false\.$/],
    [formOf({ required: 'b' }), /\. properties\.a\.required: Must be a list\.$/],
    [formOf({ enum: 'b' }), notAllowed],
    [formOf({ minLength: -1 }), /minLength: Must be at least 0\.$/],
    [formOf({ minLength: 1.5 }), /minLength: Must be a whole number\.$/],
    ['{"type":"object","minProperties":1.00000000000000000001}', /Must be a whole number\.$/],
    [formOf({ multipleOf: 0 }), /multipleOf: Must be more than 0\.$/],
    [formOf({ pattern: '(' }), /pattern: Must be a regular expression\.$/],
    [formOf(true, { patternProperties: { '(': true } }), /The name of this field: Must be a reg/],
    [formOf({ $ref: '#/$defs/b' }), /^The form cannot be used: /],
    [formOf({ $ref: '#b' }), /^The form cannot be used: No such anchor /],
    [formOf({ $ref: 'b' }), /^A reference in the form leads to nothing in it: /],
    [formOf({ $ref: 'file:///etc/passwd' }), /^A reference in the form leads to nothing in it: /],
    [formOf(true, { $schema: 'http://json-schema.org/draft-07/schema#' }), /of 2020-12/],
    [formOf({ $id: 'b', $schema: 'https://example.com/' }), /of 2020-12/],
    [formOf(true, { $schema: 5 }), notAllowed],
    [formOf(true, { $vocabulary: {} }), /must not use "\$vocabulary"/],
    [formOf({ const: { $id: metaSchema, $vocabulary: {} } }), /must not use "\$vocabulary"/],
    [formOf(true, { $id: metaSchema }), reservedId],
    [formOf({ $id: metaSchema }), reservedId],
    [formOf({ $id: `${metaSchema}#`, type: 'string' }), reservedId],
    [formOf({ items: [], not: { $id: 'https://json-schema.org/own' } }), notAllowed],
    [formOf({ not: { $id: 'https://json-schema.org/own' } }), reservedId],
    [formOf({ $id: 'schema' }, { $id: 'https://json-schema.org/draft/2020-12/' }), reservedId],
    [formOf({ $id: '//json-schema.org/a' }, { $id: 'https://example.com/' }), reservedId],
    [formOf({ default: { $id: metaSchema } }), reservedId],
    [formOf(true, { $id: 'file:///form' }), /^The form cannot be used: /],
    ['{"type":"object","maxProperties":1e9999999999}', /a number with an exponent of ten digits/]
  ] as const)
    t.match(await resultOf(form), { unusable: reason }, JSON.stringify(form))
})

t.test('no form has a word in how others are checked', async t => {
  const form = formOf({ type: 'string', $ref: '#/$defs/b' }, { $defs: { b: { minLength: 2 } } })
  for (const hostile of [
    formOf(true, { $id: metaSchema, $vocabulary: {} }),
    formOf({ $id: metaSchema, type: 'number' }, { $id: 'form:/' }),
    formOf({ $id: 'form:/', $defs: { b: true } }),
    formOf({ $id: 'form:/', $anchor: 'b' }, { $id: 'https://json-schema.org/keyword/type' })
  ]) {
    await resultOf(hostile, {})
    t.strictSame(await resultOf(form, { a: 'b' }), {
      faults: [{ path: ['a'], description: 'Must have at least 2 characters' }]
    })
    t.match(await resultOf({ type: 'objekt' }), { unusable: /2020-12/ })
  }
})

t.test('references reach nothing outside of a form', async t => {
  let heard = 0
  const server = createServer((_request, response) => {
    heard += 1
    response.setHeader('content-type', 'application/schema+json')
    response.end('{"type":"string"}')
  })
  server.on('connection', () => (heard += 1))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  for (const scheme of ['http', 'https', 'HTTP']) {
    const elsewhere = `${scheme}://127.0.0.1:${port}/schema`
    for (const form of [
      formOf({ $ref: elsewhere }),
      formOf({ $dynamicRef: `${elsewhere}#b` }),
      formOf({ $ref: 'schema' }, { $id: `${scheme}://127.0.0.1:${port}/` }),
      formOf(true, { $schema: elsewhere }),
      formOf({ anyOf: [true, { items: { $ref: elsewhere } }] })
    ])
      t.match(await resultOf(form, { a: 1 }), { unusable: /./ }, JSON.stringify(form))
  }
  t.equal(heard, 0)
})

t.test('a form that leads in a circle is unusable', async t => {
  const reason = { unusable: 'The form leads in a circle, or is nested too deeply.' }
  t.strictSame(await resultOf({ type: 'object', $ref: '#' }, {}), reason)
  const both = { a: { $ref: '#/$defs/b' }, b: { anyOf: [{ $ref: '#/$defs/a' }] } }
  t.strictSame(await resultOf(formOf({ $ref: '#/$defs/a' }, { $defs: both }), { a: 1 }), reason)
})
