import t from 'tap'
import { answer, plan, record, ref } from './planned.ts'

t.test('paths that Kinto would route to the sub-resource, as batches write them', async t => {
  const paths = [
    `${record}/stepfunction`,
    `/v1${record}/stepfunction`,
    `${record}/stepfunction/`,
    `${record}/stepfunction//`,
    `${record}/stepfunction?x=/`,
    `${record}/stepfunction/?x`,
    `${record}/%73tepfunction`,
    `${record}%2Fstepfunction%2F`,
    '/buckets/b/collection/c/records/r/stepfunction'
  ]
  for (const path of paths)
    t.match(
      plan({ requests: [{ path }] }),
      {
        opening: [],
        rest: [{ request: { path, method: 'GET' }, target: { kind: 'answer', ref } }]
      },
      path
    )
  const others = [
    `${record}/stepfunction#`,
    `/v1/v1${record}/stepfunction`,
    `//v1${record}/stepfunction`,
    `/v1x${record}/stepfunction`,
    `${record}/stepfunction%3F`,
    `${record}/stepfunctions`,
    record
  ]
  for (const path of others) t.equal(plan({ requests: [{ path }] }), undefined, path)
})

t.test('another version of the API', async t => {
  const batch = {
    requests: [
      { path: `${record}/stepfunction` },
      { path: `/v1${record}/stepfunction` },
      { path: `/v2${record}/stepfunction` }
    ]
  }
  const v2 = { target: { kind: 'answer', ref: { version: 'v2' } } }
  t.match(plan(batch, { version: 'v2' }), {
    rest: [v2, { run: [{ path: `/v1${record}/stepfunction` }] }, v2]
  })
})

t.test('what stands between answers stays together and in order', async t => {
  const requests = [
    { path: '/a' },
    { path: '/b' },
    answer,
    answer,
    { path: '/c' },
    { path: '/d' },
    answer,
    { path: '/e' }
  ]
  const { opening = [], rest = [] } = plan({ requests }) ?? {}
  t.match(opening, [{ path: '/a' }, { path: '/b' }])
  t.match(rest, [
    { request: { method: 'POST' } },
    { request: { method: 'POST' } },
    { run: [{ path: '/c' }, { path: '/d' }] },
    { request: {} },
    { run: [{ path: '/e' }] }
  ])
  t.equal(rest.length, 5)
})

t.test('defaults are merged as Kinto does', async t => {
  const batch = {
    defaults: {
      method: 'POST',
      path: `${record}/stepfunction`,
      headers: { a: '1', b: '2' },
      body: { answer: 'FAIL', output: { x: 1, y: [1] } }
    },
    requests: [
      {},
      { headers: { b: '3' }, body: { answer: 'SUCCEED', output: { y: [2] } } },
      { method: null, path: '/a', body: {} },
      ...['', 0, false, [], {}].map(method => ({ method, path: '/a' }))
    ]
  }
  const { rest = [] } = plan(batch) ?? {}
  t.match(rest, [
    {
      request: {
        method: 'POST',
        headers: { a: '1', b: '2' },
        body: { answer: 'FAIL', output: { x: { rawJSON: '1' }, y: [{ rawJSON: '1' }] } }
      }
    },
    {
      request: {
        headers: { a: '1', b: '3' },
        body: { answer: 'SUCCEED', output: { x: { rawJSON: '1' }, y: [{ rawJSON: '2' }] } }
      }
    },
    { run: Array.from({ length: 6 }, () => ({ method: 'GET', path: '/a' })) }
  ])
  const named = plan(
    '{"defaults":{"body":{"__proto__":{"a":1}}},"requests":[' +
      `{"path":"/x","body":{"__proto__":{"b":2}}},{"path":"${record}/stepfunction"}]}`
  )
  t.equal(JSON.stringify(named?.opening[0]?.body), '{"__proto__":{"b":2,"a":1}}')
})

t.test('numbers keep their text', async t => {
  const { opening } =
    plan(
      '{"requests":[' +
        '{"path":"/a","method":"PUT","body":{"data":[9007199254740993,1.0,-0.0,1e2]}},' +
        `${JSON.stringify(answer)}]}`
    ) ?? {}
  t.equal(JSON.stringify(opening?.[0]?.body), '{"data":[9007199254740993,1.0,-0.0,1e2]}')
})

t.test(
  'a path that is not ASCII is nothing of ours, and Kinto can crash over it by itself',
  async t => {
    t.match(
      plan({
        requests: [
          { path: '/buckets/b/collections/c/records/r/\u0173tepfunction' },
          { path: '/é' },
          answer
        ]
      }),
      {
        opening: [{ path: /tepfunction/ }, { path: '/é' }],
        rest: [{ target: { kind: 'answer', ref } }]
      }
    )
  }
)

t.test('the name of the sub-resource is found in every spelling', async t => {
  const looked: unknown[] = []
  for (const text of ['stepfunction', 'step\\u0066unction', '%73tepfunction']) {
    plan(`{"requests":[{"path":"${record}/${text}"}]}`, { isOurs: ref => looked.push(ref) > 0 })
  }
  t.equal(looked.length, 3)
})

t.test('a path of many slashes, and one path for many requests, take no time', async t => {
  const begun = performance.now()
  const [slashes, long] = ['/'.repeat(1_000_000), `${record}/stepfunction/${'a'.repeat(4_000_000)}`]
  t.equal(
    plan({
      requests: [
        { path: `${slashes}x` },
        { path: `${record}${slashes}%20` },
        { path: '/x/stepfunction' }
      ]
    }),
    undefined
  )
  t.equal(
    plan({ defaults: { path: long }, requests: Array.from({ length: 100_000 }, () => ({})) }),
    undefined
  )
  t.ok(performance.now() - begun < 5_000)
})

t.test('records that are not answered here', async t => {
  t.equal(plan({ requests: [answer] }, { isOurs: () => false }), undefined)
  t.match(
    plan(
      { requests: [{ path: '/buckets/x/collections/c/records/r/stepfunction' }, answer] },
      { isOurs: target => target.ref.bucket === 'b' }
    ),
    { opening: [{ path: /x/ }], rest: [{ target: { kind: 'answer', ref } }] }
  )
})
