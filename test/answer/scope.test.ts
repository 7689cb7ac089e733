import t from 'tap'
import { inScope } from '../../src/answer/scope.ts'

t.test('whole segments are compared', async t => {
  const resources = [{ bucket: 'main' }, { bucket: 'b', collection: 'c' }]
  t.ok(inScope(resources, { bucket: 'main', collection: 'any' }))
  t.ok(inScope(resources, { bucket: 'b', collection: 'c' }))
  for (const [bucket, collection] of [['b', 'c2'], ['b', 'C'], ['main2', 'c'], ['', '']] as const) t.notOk(inScope(resources, { bucket, collection }))
})
