import t from 'tap'
import { inScope } from '../../src/kinto/resources.ts'

t.test('whole segments are compared', async t => {
  const resources = [{ bucket: 'main' }, { bucket: 'b', collection: 'c' }]
  t.ok(inScope(resources, { bucket: 'main', collection: 'any' }))
  t.ok(inScope(resources, { bucket: 'b', collection: 'c' }))
  for (const [bucket, collection] of [
    ['b', 'c2'],
    ['b', 'C'],
    ['main2', 'c'],
    ['', '']
  ] as const)
    t.notOk(inScope(resources, { bucket, collection }))
})

t.test('a personal bucket is known by its real id too', async t => {
  const resources = [{ bucket: 'default', collection: 'c' }, { bucket: 'b' }]
  const bucket = '0ab1c2d3-0123-4567-89ab-0123456789ab'
  t.ok(inScope(resources, { bucket, collection: 'c' }))
  t.ok(inScope(resources, { bucket: 'default', collection: 'c' }))
  t.ok(inScope(resources, { bucket: 'b', collection: 'any' }))
  for (const [bucketId, collection] of [
    [bucket, 'c2'],
    ['other', 'c']
  ] as const)
    t.notOk(inScope(resources, { bucket: bucketId, collection }))
})
