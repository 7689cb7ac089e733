import t from 'tap'
import { readBack, taskResult, type SignedAnswer } from '../../../src/answer/record/task-output.ts'
import { parseJson } from '../../../src/kinto/json.ts'

const signed: SignedAnswer = {
  answer: 'SUCCEED',
  comment: undefined,
  error: undefined,
  answeredBy: 'account:alice',
  answeredAt: '2026-11-22T10:00:00.000Z',
  record: '/buckets/b/collections/c/records/r',
  version: parseJson('1795345486349'),
  answerId: 'id-1'
}

t.test('SUCCEED becomes the output of the task', async t => {
  t.same(taskResult(signed), {
    output:
      '{"message":"signed off","answer":"SUCCEED","answeredBy":"account:alice",' +
      '"answeredAt":"2026-11-22T10:00:00.000Z","record":"/buckets/b/collections/c/records/r",' +
      '"version":1795345486349,"answerId":"id-1"}'
  })
  const signature = /^\{"message":"fine",.*"answeredBy":"account:alice",/
  const inside = /"comment":"fine","output":\{"answeredBy":"account:eve","n":1\.0\},"record"/
  t.match(
    taskResult({
      ...signed,
      comment: 'fine',
      output: parseJson('{"answeredBy":"account:eve","n":1.0}')
    }),
    { output: new RegExp(`${signature.source}.*${inside.source}`) },
    "the reviewer's output stands inside"
  )
  t.match(taskResult({ ...signed, output: null }), { output: /"output":null/ })
})

t.test("FAIL becomes error and cause, in the plugin's words by default", async t => {
  t.match(taskResult({ ...signed, answer: 'FAIL' }), {
    error: 'Not signing off',
    cause: /^\{"message":"After reviewing, the decision was made to not sign off","answer":"FAIL"/
  })
  t.match(taskResult({ ...signed, answer: 'FAIL', error: 'Rejected', comment: 'no' }), {
    error: 'Rejected',
    cause: /^\{"message":"no"/
  })
})

t.test('an output larger than Step Functions takes is refused, in bytes of UTF-8', async t => {
  const room =
    262_144 -
    Buffer.byteLength(
      JSON.stringify(taskResult({ ...signed, output: '' }))
        .replace(/^\{"output":"|"\}$/g, '')
        .replaceAll('\\"', '"')
    )
  t.ok(taskResult({ ...signed, output: 'x'.repeat(room) }))
  t.throws(() => taskResult({ ...signed, output: 'x'.repeat(room + 1) }), {
    message: /larger than 262144 bytes/
  })
  t.throws(() => taskResult({ ...signed, output: 'é'.repeat(room / 2 + 1) }), {
    message: /larger than 262144 bytes/
  })
})

t.test('an answer is found again, and only an answer', async t => {
  const result = taskResult({ ...signed, comment: 'fine' })
  t.same('output' in result && readBack(result.output), {
    answer: 'SUCCEED',
    answeredBy: 'account:alice',
    answeredAt: '2026-11-22T10:00:00.000Z',
    comment: 'fine',
    record: signed.record,
    answerId: 'id-1'
  })
  for (const text of [
    undefined,
    '',
    'x',
    '{}',
    '[]',
    '{"answer":"MAYBE"}',
    '{"answer":"FAIL","record":"r","answerId":"a"}',
    '{"answer":"FAIL","answeredBy":"a","answeredAt":"b","record":1,"answerId":"a"}'
  ]) {
    t.equal(readBack(text), undefined, String(text))
  }
})
