import t from 'tap'
import { readAnswer, readIfMatch } from '../../src/answer/request.ts'
import { parseJson } from '../../src/kinto/json.ts'
import { caught } from '../helpers/caught.ts'

const read = (body: unknown) =>
  readAnswer(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)))

t.test('what can be said', async t => {
  t.same(read({ answer: 'SUCCEED' }), { answer: 'SUCCEED', comment: undefined, error: undefined })
  t.same(
    read({ answer: 'FAIL', comment: '', error: 'NotSignedOff', more: [1] }),
    { answer: 'FAIL', comment: '', error: 'NotSignedOff' },
    'unknown fields are ignored'
  )
  t.equal(
    JSON.stringify(read('{"answer":"SUCCEED","output":{"a":1.0,"b":9007199254740993}}').output),
    '{"a":1.0,"b":9007199254740993}'
  )
  t.ok('output' in read({ answer: 'SUCCEED', output: null }), 'null is an output')
  t.equal(
    read({ answer: 'FAIL', comment: '😀'.repeat(1250) }).comment?.length,
    2500,
    'counted as JavaScript counts'
  )
})

t.test('what cannot', async t => {
  const rows: [title: string, body: unknown, name: string, message: string | RegExp][] = [
    ['no body', '', '', /^Invalid JSON: /],
    ['broken', '{"answer":', '', /^Invalid JSON: /],
    [
      'too deep',
      `{"answer":"SUCCEED","output":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      '',
      'Invalid JSON: The value is nested too deeply.'
    ],
    [
      'too many values',
      `{"answer":"SUCCEED","output":[${'0,'.repeat(140_000)}0]}`,
      '',
      'The body may hold at most 140000 values, lists and objects included.'
    ],
    ['a list', [], '', /should be a JSON object/],
    ['a number', 1, '', /should be a JSON object/],
    ['null', null, '', /should be a JSON object/],
    ['no answer', {}, 'answer', 'answer in body: Required'],
    [
      'another word',
      { answer: 'MAYBE' },
      'answer',
      'answer in body: "MAYBE" is not one of FAIL, SUCCEED'
    ],
    ['another type', { answer: 1.5 }, 'answer', 'answer in body: 1.5 is not one of FAIL, SUCCEED'],
    [
      'lower case',
      { answer: 'fail' },
      'answer',
      'answer in body: "fail" is not one of FAIL, SUCCEED'
    ],
    [
      'a comment that is no text',
      { answer: 'FAIL', comment: 5 },
      'comment',
      'comment in body: 5 is not a string'
    ],
    [
      'a comment that is null',
      { answer: 'FAIL', comment: null },
      'comment',
      'comment in body: null is not a string'
    ],
    [
      'a comment too long',
      { answer: 'FAIL', comment: 'x'.repeat(2501) },
      'comment',
      'comment in body: Longer than maximum length 2500'
    ],
    [
      'an error too long',
      { answer: 'FAIL', error: 'x'.repeat(257) },
      'error',
      'error in body: Longer than maximum length 256'
    ],
    [
      'an empty error',
      { answer: 'FAIL', error: '' },
      'error',
      'error in body: Shorter than minimum length 1'
    ],
    [
      "an error of Step Functions' own",
      { answer: 'FAIL', error: 'States.Timeout' },
      'error',
      /reserved/
    ],
    ['output with FAIL', { answer: 'FAIL', output: 1 }, 'output', /output/],
    ['error with SUCCEED', { answer: 'SUCCEED', error: 'x' }, 'error', /error/],
    [
      'what PostgreSQL cannot store',
      { answer: 'FAIL', comment: 'a\0b' },
      'comment',
      /cannot be stored/
    ],
    ['half a character', '{"answer":"FAIL","comment":"\\ud800"}', 'comment', /cannot be stored/]
  ]
  for (const [title, body, name, message] of rows) {
    t.match(
      caught(() => read(body)),
      { problem: { status: 400, errno: 107, message, details: [{ location: 'body', name }] } },
      title
    )
  }
  t.match(
    caught(() => readAnswer(Buffer.from('{"answer":"FAIL","comment":"\xe9"}', 'latin1'))),
    { message: 'Invalid JSON: The text is not UTF-8.' }
  )
})

t.test('as deep as it can be read it can be written', async t => {
  let low = 1
  let high = 300_000
  while (high - low > 1) {
    const depth = (low + high) >> 1
    try {
      parseJson('['.repeat(depth) + ']'.repeat(depth))
      low = depth
    } catch {
      high = depth
    }
  }
  t.equal(JSON.stringify(parseJson('['.repeat(low) + ']'.repeat(low))).length, 2 * low)
})

t.test('If-Match', async t => {
  t.equal(readIfMatch([]), undefined)
  t.equal(readIfMatch(['"123"']), '123')
  for (const values of [['123'], ['*'], ['W/"123"'], ['"1"', '"2"'], ['""'], ['"a"'], ['']]) {
    t.match(
      caught(() => readIfMatch(values)),
      {
        problem: {
          status: 400,
          message: 'If-Match in header: The value should be integer between double quotes.'
        }
      }
    )
  }
})
