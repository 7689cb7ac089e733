import t from 'tap'
import { readQuestion, type AskedQuestion } from '../../src/ask/question.ts'
import { caught } from '../helpers/caught.ts'
import { activityArn, stateMachineArn } from '../helpers/service.ts'

const policy = { allowedArns: ['arn:aws:states:us-west-2:*'], region: 'eu-west-1' }

function read(body: object | string): AskedQuestion {
  return readQuestion(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), policy)
}

t.test('a question with its token', async t => {
  const asked = read(
    '{"data":{"subject":"x","amount":1e3,"taskToken":"T","stateMachineArn":"' +
      stateMachineArn +
      '","id":"","last_modified":5,"status":"UNANSWERED","comment":"","heartbeatSeconds":90.0,' +
      '"openFields":["note"]},"permissions":{"write":["account:alice"]}}'
  )
  t.match(asked, {
    isIdOfToken: true,
    taskToken: 'T',
    region: 'us-west-2',
    heartbeatSeconds: 90,
    openFields: ['note'],
    permissions: { write: ['account:alice'] }
  })
  t.equal(
    JSON.stringify(asked.record),
    `{"subject":"x","amount":1000,"stateMachineArn":"${stateMachineArn}","status":"UNANSWERED",` +
      `"comment":"","heartbeatSeconds":90,"openFields":["note"]}`,
    'without id, token and version'
  )
})

t.test('a span as text is read as the number that it is, and kept as it was asked', async t => {
  for (const [text, seconds] of [
    ['30', 30],
    ['0.5', 0.5],
    ['9e1', 90]
  ] as const)
    t.match(read({ data: { taskToken: 'T', heartbeatSeconds: text } }), {
      heartbeatSeconds: seconds,
      record: { heartbeatSeconds: text }
    })
})

t.test('one token has one id', async t => {
  const { id } = read({ data: { taskToken: 'T' } })
  t.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/)
  t.equal(id, '854f56ff-44e3-8690-8571-ad429f5ee646', 'always, and everywhere')
  t.equal(read({ data: { taskToken: 'T', subject: 'other', id: null } }).id, id)
  t.not(read({ data: { taskToken: 'U' } }).id, id)
  t.match(read({ data: { taskToken: 'T', id } }), { id, isIdOfToken: true })
  t.match(read({ data: { taskToken: 'T', id: 'mine' } }), { id: 'mine', isIdOfToken: false })
  t.match(read({ data: { activityArn, id } }), {
    id,
    isIdOfToken: false,
    taskToken: undefined,
    region: 'us-west-2'
  })
})

t.test('what is not said', async t => {
  t.match(read({ data: { taskToken: 'T' } }), {
    region: 'eu-west-1',
    heartbeatSeconds: undefined,
    openFields: [],
    permissions: { write: [] }
  })
  t.same(
    read({ data: { taskToken: 'T' }, permissions: {} }).permissions,
    { write: [] },
    'for Kinto none would mean those that are there'
  )
  t.same(read({ data: { taskToken: 'T' }, permissions: { read: ['x'] } }).permissions, {
    read: ['x']
  })
  t.match(
    read({
      data: { taskToken: 'T', heartbeatSeconds: null, openFields: '', status: '', output: null }
    }),
    { heartbeatSeconds: undefined, openFields: [] }
  )
})

const token = { taskToken: 'T' }
const refused: [title: string, body: object | string, name: string][] = [
  ['no JSON', '{', ''],
  ['no object', '[]', ''],
  ['a text', '"x"', ''],
  ['lists without end', `{"data":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, ''],
  ['nothing', '{}', 'data'],
  ['data that are none', { data: [] }, 'data'],
  ['something else', { data: token, policy: 1 }, 'policy'],
  ['permissions that are none', { data: token, permissions: ['x'] }, 'permissions'],
  ['permissions that are nothing', { data: token, permissions: null }, 'permissions'],
  ['permissions with U+0000', { data: token, permissions: { write: ['\0'] } }, 'write'],
  ['neither token nor activity', { data: { id: 'x', stateMachineArn } }, 'taskToken'],
  ['a token that is no text', { data: { taskToken: 5 } }, 'taskToken'],
  ['a token that is too long', { data: { taskToken: 'T'.repeat(2049) } }, 'taskToken'],
  ['a sealed token', { data: { taskToken: 'sealed:1:AAAA' } }, 'taskToken'],
  ['no id', { data: { activityArn } }, 'id'],
  ['an id that is no text', { data: { ...token, id: 5 } }, 'id'],
  ['an ARN that is none', { data: { ...token, stateMachineArn: 'x' } }, 'stateMachineArn'],
  [
    'an activity that is not allowed',
    { data: { id: 'x', activityArn: activityArn.replace('us-west-2', 'us-east-1') } },
    'activityArn'
  ],
  [
    'ARNs of two places',
    {
      data: {
        ...token,
        stateMachineArn,
        executionArn: 'arn:aws:states:us-west-2:999999999999:execution:a:b'
      }
    },
    'executionArn'
  ],
  ['decided already', { data: { ...token, status: 'SUCCEED' } }, 'status'],
  ['a status that is no text', { data: { ...token, status: 0 } }, 'status'],
  ...['choice', 'output', 'answeredBy', 'answeredAt', 'comment', 'answerReceipt', 'over'].map(
    (name): [string, object, string] => [
      `${name}, which an answer writes`,
      { data: { ...token, [name]: false } },
      name
    ]
  ),
  ...[0, -1, '0', '-1', '60 s', ' 60', 'PT1M', true, [60]].map(
    (value): [string, object, string] => [
      `heartbeatSeconds ${JSON.stringify(value)}`,
      { data: { ...token, heartbeatSeconds: value } },
      'heartbeatSeconds'
    ]
  ),
  [
    'heartbeatSeconds beyond all use',
    '{"data":{"taskToken":"T","heartbeatSeconds":1e300}}',
    'heartbeatSeconds'
  ],
  ['open fields that are no list', { data: { ...token, openFields: 'note' } }, 'openFields'],
  ['an open field that is no text', { data: { ...token, openFields: ['note', 5] } }, 'openFields'],
  ...[
    'stateMachineArn',
    'activityArn',
    'executionArn',
    'requestedBy',
    'choices',
    'form',
    'expiresAt',
    'heartbeatSeconds',
    'taskToken',
    'openFields'
  ].map((name): [string, object, string] => [
    `open ${name}`,
    { data: { ...token, openFields: [name] } },
    'openFields'
  ]),
  ['what Kinto cannot keep', '{"data":{"taskToken":"T","amount":1e300}}', 'amount'],
  ["Kinto's own name", { data: { ...token, __permissions__: {} } }, '__permissions__'],
  ['an id with U+0000', { data: { ...token, id: '\0' } }, 'id']
]

for (const [title, body, name] of refused) {
  t.test(`refused: ${title}`, async t => {
    const error = caught(() => read(body))
    t.match(error, { problem: { status: 400, errno: 107, details: [{ name }] } })
    t.ok(error?.message.includes(name), 'its message names the field')
  })
}

t.test('a field that may not be open is named', async t => {
  t.match(
    caught(() => read({ data: { ...token, openFields: ['choices'] } }))?.message,
    /openFields.*acts on choices/
  )
})

t.test('without any region', async t => {
  t.match(
    caught(() =>
      readQuestion(Buffer.from('{"data":{"taskToken":"T"}}'), {
        allowedArns: [],
        region: undefined
      })
    ),
    { problem: { details: [{ name: 'stateMachineArn' }] } }
  )
})
