import { pino } from 'pino'
import t from 'tap'
import { about } from '../../../src/about.ts'
import { withCapability } from '../../../src/gateway/announce/root-view.ts'

const { version, homepage: url } = about
const ours = JSON.stringify({
  description: 'Answer steps of AWS Step Functions that wait for a decision on a record.',
  url,
  version,
  resources: ['/buckets/b'],
  ask: '/v1/buckets/{bucket_id}/collections/{collection_id}/stepfunction'
})

function edited(text: string, lines: string[] = []): string | undefined {
  return withCapability(
    Buffer.from(text),
    [{ bucket: 'b' }],
    pino(
      {},
      {
        write: line => {
          lines.push(line)
        }
      }
    )
  )?.toString()
}

const exact: Array<[name: string, before: string, after: string]> = [
  [
    'numbers and escapes',
    '{"a":1.0,"b":9007199254740993,"c":"\\u00E9\\/","capabilities":{"x":{"n":1e400}},"z":-0.0}',
    '{"a":1.0,"b":9007199254740993,"c":"\\u00E9\\/",' +
      `"capabilities":{"x":{"n":1e400},"stepfunction": ${ours}},"z":-0.0}`
  ],
  ['no other capability', '{"capabilities":{}}', `{"capabilities":{"stepfunction": ${ours}}}`],
  [
    'white space',
    ' {\n "capabilities" : { "x" : {} }\n}\n',
    ` {\n "capabilities" : { "x" : {},"stepfunction": ${ours} }\n}\n`
  ],
  [
    'text beyond ASCII',
    '{"a":"é€😀","capabilities":{"😀":"}"},"b":"ü"}',
    `{"a":"é€😀","capabilities":{"😀":"}","stepfunction": ${ours}},"b":"ü"}`
  ],
  [
    'the plugin is there still',
    '{"capabilities":{"stepfunction":{"description":"old"},"y":1.0}}',
    `{"capabilities":{"stepfunction":${ours},"y":1.0}}`
  ]
]
for (const [name, before, after] of exact) {
  t.test(`all but the capability stays as it was: ${name}`, async t => {
    t.equal(edited(before), after)
  })
}

t.test('no root view', async t => {
  for (const text of [
    '',
    'null',
    '[]',
    '{}',
    '{"capabilities":null}',
    '{"capabilities":1}',
    '{"capabilities":{}',
    '{"capabilities":{},}',
    '\u{feff}{"capabilities":{}}'
  ])
    t.equal(edited(text), undefined, text)
  t.equal(
    edited(`{"capabilities":{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`),
    undefined,
    'nested too deeply'
  )
})

t.test('a plugin that is there still is told of once, and what to do', async t => {
  const lines: string[] = []
  const log = pino(
    {},
    {
      write: line => {
        lines.push(line)
      }
    }
  )
  for (const _ of [1, 2, 3])
    withCapability(Buffer.from('{"capabilities":{"stepfunction":{}}}'), [], log)
  t.equal(lines.length, 1)
  t.match(JSON.parse(lines[0] ?? ''), { level: 40, msg: /take it out of kinto\.includes/ })
})
