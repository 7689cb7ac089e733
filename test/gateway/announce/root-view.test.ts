import t from 'tap'
import { about } from '../../../src/about.ts'
import { withCapability } from '../../../src/gateway/announce/root-view.ts'

const { version, homepage: url } = about
const ours = {
  description: 'Answer steps of AWS Step Functions that wait for a decision on a record.',
  url,
  version,
  resources: ['/buckets/b', '/buckets/c/collections/d'],
  ask: '/v1/buckets/{bucket_id}/collections/{collection_id}/stepfunction',
  inbox: '/v1/stepfunction/inbox'
}
const resources = [{ bucket: 'b' }, { bucket: 'c', collection: 'd' }]

const exact: Array<[name: string, before: object, after: object]> = [
  [
    'behind the other capabilities',
    { a: 1, capabilities: { x: { n: 1 } }, z: 2 },
    { a: 1, capabilities: { x: { n: 1 }, stepfunction: ours }, z: 2 }
  ],
  ['no other capability', { capabilities: {} }, { capabilities: { stepfunction: ours } }],
  [
    'the plugin is there still',
    { capabilities: { stepfunction: { description: 'old' }, y: 1 } },
    { capabilities: { stepfunction: ours, y: 1 } }
  ]
]
for (const [name, before, after] of exact) {
  t.test(`all but the capability stays as it was: ${name}`, async t => {
    t.equal(JSON.stringify(withCapability({ ...before }, resources)), JSON.stringify(after))
  })
}

t.test('no root view', async t => {
  for (const view of [{}, { capabilities: null }, { capabilities: 1 }, { capabilities: [] }])
    t.equal(withCapability(view, resources), undefined, JSON.stringify(view))
})
