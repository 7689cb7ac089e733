import SwaggerParser from '@apidevtools/swagger-parser'
import t from 'tap'
import { readAnswer } from '../../../src/answer/request.ts'
import { editJson } from '../../../src/gateway/announce/edit-json.ts'
import { withSubResources } from '../../../src/gateway/announce/openapi.ts'
import { ofDecision, shown } from '../../../src/inbox/entry.ts'
import type { JsonObject } from '../../../src/kinto/json.ts'
import { caught } from '../../helpers/caught.ts'

const path = '/buckets/{bucket_id}/collections/{collection_id}/records/{record_id}/stepfunction'
const info = { title: 'kinto', version: '1.23' }

function edited(document: JsonObject): any {
  return JSON.parse(editedText(JSON.stringify(document)))
}

function editedText(text: string): string {
  return editJson(Buffer.from(text), withSubResources)?.toString() ?? ''
}

function takes(body: object): boolean {
  return caught(() => readAnswer(Buffer.from(JSON.stringify(body)))) === undefined
}

t.test('the sub-resource is described, and the document is valid', async t => {
  const document = edited({
    swagger: '2.0',
    info,
    tags: [{ name: 'Records' }],
    paths: { '/': { get: { responses: { 200: { description: 'Hello.' } } } } }
  })
  await SwaggerParser.validate(structuredClone(document))
  const { parameters, get, post, ...others } = document.paths[path]
  t.strictSame(Object.keys(others), [], 'HEAD and OPTIONS are not, as nowhere in Kinto')
  t.strictSame(
    parameters.map((parameter: any) => parameter.name),
    ['bucket_id', 'collection_id', 'record_id']
  )
  t.match(post, {
    operationId: 'create_stepfunction',
    tags: ['Stepfunction'],
    consumes: ['application/json'],
    produces: ['application/json'],
    security: []
  })
  t.match(get, {
    operationId: 'get_stepfunction',
    tags: ['Stepfunction'],
    produces: ['application/json'],
    security: []
  })
  t.strictSame(Object.keys(post.responses), [
    '200',
    '400',
    '401',
    '403',
    '404',
    '405',
    '409',
    '410',
    '412',
    '413',
    '415',
    '503',
    'default'
  ])
  t.strictSame(Object.keys(get.responses), ['200', '400', '401', '403', '404', '503', 'default'])
  t.strictSame(document.tags, [{ name: 'Records' }, { name: 'Stepfunction' }])
})

t.test('the request is described as it is checked', async t => {
  const { post } = edited({ swagger: '2.0', info, paths: {} }).paths[path]
  const { schema } = post.parameters.find((parameter: any) => parameter.in === 'body')
  t.strictSame(Object.keys(schema.properties), ['answer', 'choice', 'comment', 'output', 'error'])
  for (const answer of schema.properties.answer.enum) t.ok(takes({ answer }))
  for (const [name, { minLength = 0, maxLength }] of [
    ['comment', schema.properties.comment],
    ['error', schema.properties.error]
  ] as const) {
    t.ok(
      takes({ answer: 'FAIL', [name]: 'x'.repeat(maxLength) }) &&
        takes({ answer: 'FAIL', [name]: 'x'.repeat(minLength) }),
      name
    )
    t.notOk(takes({ answer: 'FAIL', [name]: 'x'.repeat(maxLength + 1) }), name)
  }
  t.notOk('required' in schema, 'an answer or a choice')
  t.ok(takes({ choice: 'A' }))
  t.notOk(takes({}))
})

t.test('ways to log in are those that Kinto has, with all their scopes', async t => {
  const securityDefinitions = {
    basic: { type: 'basic' },
    openid: {
      type: 'oauth2',
      flow: 'implicit',
      authorizationUrl: 'https://id.example',
      scopes: { openid: 'Identity', email: 'Address' }
    }
  }
  const document = edited({ swagger: '2.0', info, securityDefinitions, paths: {} })
  await SwaggerParser.validate(structuredClone(document))
  for (const method of ['get', 'post'])
    t.strictSame(document.paths[path][method].security, [
      { basic: [] },
      { openid: ['openid', 'email'] }
    ])
})

t.test('what the plugin wrote is replaced', async t => {
  const document = edited({
    swagger: '2.0',
    info,
    tags: [{ name: 'Stepfunction' }, 'odd'],
    securityDefinitions: { odd: 1 },
    paths: { [path]: { post: { operationId: 'create_stepfunction' }, put: {} } }
  })
  t.strictSame(Object.keys(document.paths[path]), ['parameters', 'get', 'post'])
  t.strictSame(document.tags, [{ name: 'Stepfunction' }, 'odd'])
  t.strictSame(document.paths[path].get.security, [{ odd: [] }])
})

t.test('all else stays as it was', async t => {
  const text =
    '{"swagger":"2.0","x":1.0,"paths":{"/a":{"get":{"404":"\\u00E9","200":1}}},' +
    '"tags":[],"y":9007199254740993}'
  const after = editedText(text)
  t.match(
    after,
    '{"swagger":"2.0","x":1.0,"paths":{"/a":{"get":{"404":"\\u00E9","200":1}},"/buckets/'
  )
  t.ok(after.endsWith('},"tags":[{"name":"Stepfunction"}],"y":9007199254740993}'))
})

t.test('other documents', async t => {
  for (const document of [
    {},
    { openapi: '3.0.0', paths: {} },
    { swagger: '2.0' },
    { swagger: '2.0', paths: [] }
  ])
    t.equal(withSubResources(document), undefined, JSON.stringify(document))
})

t.test('the inbox is described', async t => {
  const { paths } = edited({ swagger: '2.0', info, paths: {} })
  const { parameters, get, ...others } = paths['/stepfunction/inbox']
  t.strictSame([parameters, Object.keys(others)], [[], []])
  t.match(get, { operationId: 'get_stepfunction_inbox', tags: ['Stepfunction'], security: [] })
  t.strictSame(
    get.parameters.map(({ name }: { name: string }) => name),
    ['status', 'reviewer', 'If-None-Match']
  )
  t.strictSame(Object.keys(get.responses), ['200', '304', '400', '401', '503', 'default'])
  const { items } = get.responses['200'].schema.properties.data
  t.strictSame(
    Object.keys(items.properties).toSorted(),
    [
      ...new Set([...shown, ...ofDecision, 'record', 'hasForm', 'obstacle', 'proof', 'over'])
    ].toSorted()
  )
})
