import t from 'tap'
import { changesFor } from '../../../src/answer/record/decision-fields.ts'
import { digestOf } from '../../../src/answer/record/sent-output.ts'

const who = { answeredBy: 'account:alice', answeredAt: 'then' }
const json = 'application/json'
const merge = 'application/merge-patch+json'
const [choices, form] = [[{ label: 'A', answer: 'SUCCEED' }], { type: 'object' }]
const words = { status: 'SUCCEED', ...who }
const nobody = { answeredBy: null, answeredAt: null }

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
      'in another record choice and output are its own',
      { answer: 'SUCCEED', ...who, output: { value: 1 } },
      { choice: 'mine', output: 'mine' },
      undefined,
      [
        [words, json],
        [{ status: 'SUCCEED' }, json]
      ]
    ],
    [
      'an output of which only the digest is known is not recorded, and no other stays',
      { answer: 'SUCCEED', ...who, output: { digest: 'D' } },
      { form, output: {} },
      undefined,
      [
        [{ ...words, output: null }, merge],
        [{ status: 'SUCCEED', output: null }, merge],
        [{ status: 'SUCCEED' }, json]
      ]
    ],
    [
      'but that output itself stays',
      { answer: 'SUCCEED', ...who, output: { digest: digestOf({ value: { n: 1 } }) } },
      { form, output: { n: 1 } },
      undefined,
      [
        [{ ...words, output: { n: 1 } }, json],
        [words, json],
        [{ status: 'SUCCEED', output: null }, merge],
        [{ status: 'SUCCEED' }, json]
      ]
    ],
    [
      'what stood there before is taken away',
      { answer: 'FAIL', ...who },
      { choices, form, choice: 'A', output: {}, comment: 'c' },
      undefined,
      [
        [{ status: 'FAIL', ...who, comment: null, choice: null, output: null }, merge],
        [{ status: 'FAIL', comment: null, choice: null, output: null }, merge],
        [{ status: 'FAIL' }, json]
      ]
    ],
    [
      'in a record with choices alone, and in one with a form alone',
      { answer: 'FAIL', ...who },
      { choices, choice: 'A', output: {} },
      undefined,
      [
        [{ status: 'FAIL', ...who, choice: null, output: null }, merge],
        [{ status: 'FAIL', choice: null, output: null }, merge],
        [{ status: 'FAIL' }, json]
      ]
    ],
    [
      'who and when as well, where nobody knows them',
      { answer: 'FAIL' },
      { ...who, comment: 'c' },
      undefined,
      [
        [{ status: 'FAIL', ...nobody, comment: null }, merge],
        [{ status: 'FAIL', ...nobody, comment: null }, merge],
        [{ status: 'FAIL' }, json]
      ]
    ],
    [
      'what is absent need not be taken away',
      { answer: 'SUCCEED', ...who },
      { form, comment: '', output: null },
      undefined,
      [
        [words, json],
        [{ status: 'SUCCEED' }, json]
      ]
    ],
    [
      'an output is not merged with the one that is there',
      { answer: 'SUCCEED', ...who, choice: 'A', output: { value: { n: null } } },
      { choices, form, choice: 'B', output: { old: 1 }, comment: 'c', answeredBy: 'x' },
      undefined,
      [
        [{ ...words, comment: '', choice: 'A', output: { n: null } }, json],
        [{ ...words, comment: '' }, json],
        [{ status: 'SUCCEED', answeredBy: null, comment: null, choice: null, output: null }, merge],
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
