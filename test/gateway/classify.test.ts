import t from 'tap'
import { classify, originForm } from '../../src/gateway/classify.ts'

const record = '/v1/buckets/b/collections/c/records/r'

// A Kinto with the plugin's route was sent all of these over a socket. It took the targets of the
// first list for the sub-resource, and those of the second one for something else.

const answers: Array<
  [
    target: string,
    segments?: Partial<Record<'version' | 'bucket' | 'collection' | 'record', string>>
  ]
> = [
  [`${record}/stepfunction`],
  [`${record}/stepfunction?x=1`],
  [`${record}/stepfunction?`],
  [`${record}/stepfunction#a`],
  [`${record}/stepfunction#a?b`],
  [`${record}/stepfunction?a#b`],
  [`${record}/%73tepfunction`],
  [`${record}%2Fstepfunction`],
  [`${record}%2fstepfunction`],
  [`${record}/stepfunction%0A`],
  [`/${record}/stepfunction`],
  [`//${record}/stepfunction`],
  ['/%2F%2fv1/buckets/b/collections/c/records/r/stepfunction'],
  ['/v1%2Fbuckets%2Fb%2Fcollections%2Fc%2Frecords%2Fr%2Fstepfunction'],
  ['/%761/buckets/b/collections/c/records/r/stepfunction'],
  ['/v1/buckets/b/collection/c/records/r/stepfunction'],
  ['/v2/buckets/b/collections/c/records/r/stepfunction', { version: 'v2' }],
  [`http://evil.example${record}/stepfunction`],
  [`HTTP://u@evil.example:1${record}/stepfunction?x`],
  [`ftp://evil.example${record}/stepfunction`],
  [`http://${record}/stepfunction`],
  ['/v1/buckets/../collections/c/records/r/stepfunction', { bucket: '..' }],
  ['/v1/buckets/b/collections/%2e/records/r/stepfunction', { collection: '.' }],
  ['/v1/buckets/b/collections/c/records/__proto__/stepfunction', { record: '__proto__' }],
  ['/v1/buckets/b%0D%0Ax/collections/c/records/r/stepfunction', { bucket: 'b\r\nx' }],
  ['/v1/buckets/b/collections/c/records/%00/stepfunction', { record: '\0' }],
  ['/v1/buckets/b/collections/c/records/%zz/stepfunction', { record: '%zz' }],
  ['/v1/buckets/b/collections/c/records/%/stepfunction', { record: '%' }],
  ['/v1/buckets/b/collections/c/records/%1/stepfunction', { record: '%1' }],
  ['/v1/buckets/b/collections/c/records/a%252Fb/stepfunction', { record: 'a%2Fb' }],
  ['/v1/buckets/b/collections/c/records/a+b/stepfunction', { record: 'a+b' }],
  ['/v1/buckets/b/collections/c/records/a|b^{}"<>`\\/stepfunction', { record: 'a|b^{}"<>`\\' }],
  ['/v1/buckets/b/collections/c/records/%C3%A9/stepfunction', { record: 'é' }],
  ['/v1/buckets/b/collections/c/records/%F0%9F%98%80/stepfunction', { record: '😀' }],
  ['/v1/buckets/b/collections/c/records/%EF%BB%BF/stepfunction', { record: '\uFEFF' }],
  ['/v1/buckets/b%E2%80%A8c/collections/c/records/r/stepfunction', { bucket: 'b\u2028c' }],
  [
    `/v1/buckets/${'b'.repeat(9000)}/collections/c/records/r/stepfunction`,
    { bucket: 'b'.repeat(9000) }
  ]
]

for (const [target, segments] of answers) {
  t.test(`the sub-resource: ${target.slice(0, 80)}`, async t => {
    t.strictSame(classify('POST', target), {
      kind: 'answer',
      ref: { version: 'v1', bucket: 'b', collection: 'c', record: 'r', ...segments }
    })
  })
}

const others = [
  '/',
  '*',
  '/v1/',
  record,
  `${record}/`,
  `${record}/stepfunctio`,
  `${record}/stepfunctions`,
  `${record}/Stepfunction`,
  `${record}/stepfunction/`,
  `${record}/stepfunction%2F`,
  `${record}/stepfunction%0A%0A`,
  `${record}/stepfunction%0D`,
  `${record}/stepfunction%09`,
  `${record}/stepfunction%20`,
  `${record}/stepfunction;a`,
  `${record}/stepfunction%3B`,
  `${record}/stepfunction%3F`,
  `${record}/stepfunction%3Fx=1`,
  `${record}/stepfunction%23`,
  `${record}/stepfunction%E2%80%A8`,
  `${record}/stepfunction%C2%85`,
  `${record}/./stepfunction`,
  `${record}/%2e/stepfunction`,
  `${record}//stepfunction`,
  `${record}/../r/stepfunction`,
  `${record}\\stepfunction`,
  `${record}%5Cstepfunction`,
  '/v1/buckets/b/collectionss/c/records/r/stepfunction',
  '/v1/buckets//collections/c/records/r/stepfunction',
  '/v1/buckets/%2F/collections/c/records/r/stepfunction',
  '/v1/buckets/b/collections/c/records/a%2Fb/stepfunction',
  '/v1/buckets/b/collections/c/records/%E9/stepfunction',
  '/v1/buckets/b/collections/c/records/%C3/stepfunction',
  '/v1/buckets/b/collections/c/records/%C0%AF/stepfunction',
  '/v1/buckets/b/collections/c/records/%ED%A0%80/stepfunction',
  '/v1/buckets/b/collections/c/records/%F4%90%80%80/stepfunction',
  '/V1/buckets/b/collections/c/records/r/stepfunction',
  '/v1x/buckets/b/collections/c/records/r/stepfunction',
  '/v/buckets/b/collections/c/records/r/stepfunction',
  '/v%D9%A1/buckets/b/collections/c/records/r/stepfunction',
  '/buckets/b/collections/c/records/r/stepfunction',
  '/%EF%BB%BFv1/buckets/b/collections/c/records/r/stepfunction',
  `/x?${record}/stepfunction`,
  `/x#${record}/stepfunction`,
  `//evil.example${record}/stepfunction`,
  `/http://evil.example${record}/stepfunction`,
  `http://evil.example?${record}/stepfunction`,
  `/*${record}/stepfunction`
]

for (const target of others) {
  t.test(`something else: ${target}`, async t => {
    t.strictSame(classify('POST', target), { kind: 'relayed' })
  })
}

const root = { kind: 'announced', view: 'root' }
const kinds: [methods: string[], target: string, expected: object][] = [
  [['GET', 'HEAD'], '/v1/', root],
  [['GET'], '/v1/?x=1', root],
  [['GET'], '//v1/', root],
  [['GET'], '/v1/%0A', root],
  [['GET'], 'http://k/v2/', root],
  [['GET', 'HEAD'], '/v1/__heartbeat__', { ...root, view: 'heartbeat' }],
  [['GET'], '/v1/__api__', { ...root, view: 'openapi' }],
  [['GET'], '/v1/%5F_api__', { ...root, view: 'openapi' }],
  [['POST', 'PUT', 'OPTIONS'], '/v1/', { kind: 'relayed' }],
  [['GET'], '/v1', { kind: 'relayed' }],
  [['GET'], '/v1/__heartbeat__/', { kind: 'relayed' }],
  [['GET'], '/v1/__lbheartbeat__', { kind: 'relayed' }],
  [['POST'], '/v1/batch', { kind: 'batch', version: 'v1' }],
  [['POST'], '/v1/%62atch?x', { kind: 'batch', version: 'v1' }],
  [['GET', 'PUT', 'OPTIONS'], '/v1/batch', { kind: 'relayed' }],
  [['POST'], '/v1/batch/', { kind: 'relayed' }],
  [['GET', 'PUT', 'PATCH', 'DELETE', 'POST'], record, { kind: 'relayed' }],
  [['POST', 'PUT'], `${record}/attachment`, { kind: 'relayed' }],
  [['DELETE', 'POST'], '/v1/buckets/b/collections/c/records', { kind: 'relayed' }]
]

for (const [methods, target, expected] of kinds) {
  t.test(`${methods.join(', ')} ${target}`, async t => {
    for (const method of methods) t.strictSame(classify(method, target), expected, method)
  })
}

t.test('the origin form of a target', async t => {
  for (const target of ['/', '//', '//x/y', '/a/../b?c#d', '/http://x/', '/a://b'])
    t.equal(originForm(target), target)
  t.equal(originForm('*'), '/*')
  t.equal(originForm('http://x'), '/')
  t.equal(originForm('http://x?y'), '/?y')
  t.equal(originForm('http://x//y'), '//y')
})

const inboxes: [target: string, query?: string, version?: string][] = [
  ['/v1/stepfunction/inbox'],
  ['/v1/stepfunction/inbox?', ''],
  ['/v1/stepfunction/inbox?status=over&x', 'status=over&x'],
  ['/v1/stepfunction/inbox?a?b#c?d', 'a?b'],
  ['/v1/stepfunction/inbox#a?b', ''],
  ['//v1/stepfunction/inbox'],
  ['/v1%2Fstepfunction%2finbox'],
  ['/%761/step%66unction/inbox%0A'],
  ['/v2/stepfunction/inbox', '', 'v2'],
  ['http://evil.example/v1/stepfunction/inbox?a', 'a']
]
for (const [target, query = '', version = 'v1'] of inboxes) {
  t.test(`the inbox: ${target}`, async t => {
    for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS'])
      t.strictSame(classify(method, target), { kind: 'inbox', version, query })
  })
}

t.test('no inbox', async t => {
  for (const target of [
    '/v1/stepfunction/inbox/',
    '/v1/stepfunction',
    '/stepfunction/inbox',
    '/v1/stepfunction//inbox',
    '/v1/stepfunction/inbox/x',
    '/v1/Stepfunction/inbox',
    '/v1/stepfunction/inbox%3Fa'
  ])
    t.strictSame(classify('GET', target), { kind: 'relayed' }, target)
})
