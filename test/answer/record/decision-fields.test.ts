import t from 'tap'
import { changesFor } from '../../../src/answer/record/decision-fields.ts'

const who = { answeredBy: 'account:alice', answeredAt: 'then' }
const json = 'application/json'
const merge = 'application/merge-patch+json'
const [choices, form] = [[{ label: 'A', answer: 'SUCCEED' }], { type: 'object' }]
const words = { status: 'SUCCEED', ...who }

t.test('what is written, and what is left out where a schema refuses it', async t => {
  const rows: [title: string, ...Parameters<typeof changesFor>, changes: [object, string][]][] = [
    [
      'a plain decision',
      { answer: 'SUCCEED', ...who },
      {},
      undefined,
      [
        [words, json],
        [{ status: 'SUCCEED' }, json]
      ]
    ],
    [
      'with a receipt',
      { answer: 'SUCCEED', ...who },
      {},
      'R',
      [
        [{ ...words, answerReceipt: 'R' }, json],
        [words, json],
        [{ status: 'SUCCEED' }, json]
      ]
    ],
    [
      'a choice and an output',
      { answer: 'SUCCEED', ...who, choice: 'A', output: { value: { n: 1 } } },
      { choices, form },
      'R',
      [
        [{ ...words, choice: 'A', output: { n: 1 }, answerReceipt: 'R' }, json],
        [{ ...words, answerReceipt: 'R' }, json],
        [{ ...words, choice: 'A', output: { n: 1 } }, json],
        [words, json],
        [{ status: 'SUCCEED' }, json]
      ]
    ],
    [
      'a choice, and no receipt',
      { answer: 'SUCCEED', ...who, choice: 'A' },
      { choices },
      undefined,
      [
        [{ ...words, choice: 'A' }, json],
        [words, json],
        [{ status: 'SUCCEED' }, json]
      ]
    ],
    [
      'an output without a form is not recorded',
      { answer: 'SUCCEED', ...who, output: { value: 1 } },
      { output: 'mine', answeredBy: 'x' },
      undefined,
      [
        [words, json],
        [{ status: 'SUCCEED' }, json]
      ]
    ],
    [
      'nor is one of which only the digest is known',
      { answer: 'SUCCEED', ...who, output: { digest: 'D' } },
      { form, output: {}, answeredBy: 'x' },
      undefined,
      [
        [words, json],
        [{ status: 'SUCCEED' }, json]
      ]
    ],
    [
      'what an earlier decision left is taken away',
      { answer: 'FAIL', ...who },
      { choices, form, choice: 'A', output: {}, comment: 'c', answeredBy: 'x' },
      undefined,
      [
        [{ status: 'FAIL', ...who, comment: null, choice: null, output: null }, merge],
        [{ status: 'FAIL' }, json]
      ]
    ],
    [
      'but an output is not merged with the one that is there',
      { answer: 'SUCCEED', ...who, choice: 'A', output: { value: { n: null } } },
      { choices, form, choice: 'B', output: { old: 1 }, comment: 'c', answeredBy: 'x' },
      undefined,
      [
        [{ ...words, comment: '', choice: 'A', output: { n: null } }, json],
        [{ ...words, comment: '' }, json],
        [{ status: 'SUCCEED' }, json]
      ]
    ],
    [
      'what nobody decided before may stay',
      { answer: 'SUCCEED', ...who },
      { choices, choice: 'mine', comment: 'c' },
      undefined,
      [
        [words, json],
        [{ status: 'SUCCEED' }, json]
      ]
    ]
  ]
  for (const [title, decision, before, receipt, changes] of rows) {
    const found = changesFor(decision, before, receipt).map(({ data, contentType }) => [
      JSON.parse(JSON.stringify(data)),
      contentType
    ])
    t.strictSame(found, changes, title)
  }
})
