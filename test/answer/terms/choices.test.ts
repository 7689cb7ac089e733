import t from 'tap'
import { startAsking, type Asking } from '../../helpers/asking.ts'
import { answer, call, type Called } from '../../helpers/service.ts'

const writers = { write: ['account:alice', 'account:bob'] }
const refund = { label: 'Refund', answer: 'SUCCEED' }
const refuse = { label: 'Refuse', answer: 'FAIL', error: 'Refused', comment: 'required' }
const choices: object[] = [
  refund,
  { label: 'Voucher', answer: 'SUCCEED' },
  refuse,
  { label: 'Send back', answer: 'FAIL', error: 'SentBack' },
  { label: 'Drop', answer: 'FAIL' }
]
const two = [refund, refuse]

/** An answer alone, and as a part of a batch: the same handler serves both. */
const ways: [title: string, send: (all: Asking, id: string, body: unknown) => Promise<Called>][] = [
  ['alone', (all, id, body) => answer(all, all.uri(id), body)],
  [
    'in a batch',
    async (all, id, body) => {
      const requests = [{ method: 'POST', path: `${all.uri(id)}/stepfunction`, body }]
      const whole = await call(`${all.url}/v1/batch`, {
        method: 'POST',
        user: 'alice',
        body: { requests }
      })
      return { ...whole, ...whole.body.responses[0] }
    }
  ]
]

interface Said {
  answer: string
  choice: string
  comment?: string
  output?: unknown
}

t.test('what a request may say', async t => {
  const taken: [title: string, of: object[], body: object, said: Said, error?: string][] = [
    ['a choice', choices, { choice: 'Voucher' }, { answer: 'SUCCEED', choice: 'Voucher' }],
    [
      'a choice and its answer',
      choices,
      { choice: 'Refund', answer: 'SUCCEED' },
      { answer: 'SUCCEED', choice: 'Refund' }
    ],
    [
      'a choice and its error',
      choices,
      { choice: 'Send back', error: 'SentBack' },
      { answer: 'FAIL', choice: 'Send back' },
      'SentBack'
    ],
    [
      'an answer that fits one',
      two,
      { answer: 'SUCCEED' },
      { answer: 'SUCCEED', choice: 'Refund' }
    ],
    [
      'an answer with an error that fits one',
      choices,
      { answer: 'FAIL', error: 'SentBack' },
      { answer: 'FAIL', choice: 'Send back' },
      'SentBack'
    ],
    [
      'a reason',
      choices,
      { choice: 'Refuse', comment: 'too late' },
      { answer: 'FAIL', choice: 'Refuse', comment: 'too late' },
      'Refused'
    ],
    [
      'no error of its own',
      choices,
      { choice: 'Drop' },
      { answer: 'FAIL', choice: 'Drop' },
      'Not signing off'
    ],
    [
      'an output',
      choices,
      { choice: 'Refund', output: { n: 1 } },
      { answer: 'SUCCEED', choice: 'Refund', output: { n: 1 } }
    ]
  ]
  for (const [way, send] of ways) {
    const all = await startAsking(t, {})
    for (const [index, [title, of, body, said, error]] of taken.entries()) {
      await t.test(`${title}, ${way}`, async t => {
        const { taskToken, executionArn } = all.sfn.waitCallback()
        const id = `r${index}`
        all.kinto.store.put(all.uri(id), { taskToken, choices: of }, writers)
        const { output: _output, ...recorded } = said
        t.match(await send(all, id, body), {
          status: 200,
          body: {
            data: { choice: recorded.choice },
            stepfunction: { choice: recorded.choice }
          }
        })
        const ended = all.sfn.execution(executionArn)
        const result = ended.output ?? ended.cause ?? ''
        t.match(JSON.parse(result), said)
        t.match(result, /"answer":"\w+","choice":/, 'after the answer')
        t.equal(ended.error, error)
        const { status, ...words } = all.stored(id)
        t.match({ answer: status, ...words }, recorded)
        t.notOk('output' in words, 'without a form no output is recorded')
        const { data } = (await all.state(id, 'alice')).body
        t.match(data, { canAnswer: false, obstacle: 'answered', choice: recorded.choice })
      })
    }
  }
})

t.test('what it may not', async t => {
  const refused: [title: string, of: object[] | undefined, body: object, name: string][] = [
    ['nothing of both', choices, { comment: 'x' }, 'answer'],
    ['a choice that is not there', choices, { choice: 'refund' }, 'choice'],
    ['an answer that fits two', choices, { answer: 'SUCCEED' }, 'choice'],
    ['an answer that fits none', [refund], { answer: 'FAIL' }, 'choice'],
    ['an error that fits none', choices, { answer: 'FAIL', error: 'Other' }, 'choice'],
    ['another answer', choices, { choice: 'Refund', answer: 'FAIL' }, 'answer'],
    ['another error', choices, { choice: 'Send back', error: 'Refused' }, 'error'],
    ['an error with SUCCEED', choices, { choice: 'Refund', error: 'Refused' }, 'error'],
    ['an error that the choice has not', choices, { choice: 'Drop', error: 'Refused' }, 'error'],
    ['an output with FAIL', choices, { choice: 'Drop', output: 1 }, 'output'],
    ['no reason', choices, { choice: 'Refuse' }, 'comment'],
    ['white space for a reason', choices, { choice: 'Refuse', comment: ' \t\n' }, 'comment'],
    ['no reason, by the answer', two, { answer: 'FAIL' }, 'comment'],
    ['a choice that is no text', choices, { choice: 5 }, 'choice'],
    ['a choice that is empty', choices, { choice: '' }, 'choice'],
    ['a choice too long', choices, { choice: 'x'.repeat(81) }, 'choice'],
    ['a choice where there are none', undefined, { choice: 'Approve' }, 'choice'],
    [
      'a choice and an answer where there are none',
      undefined,
      { choice: 'Approve', answer: 'SUCCEED' },
      'choice'
    ]
  ]
  for (const [way, send] of ways) {
    const all = await startAsking(t, {})
    for (const [title, of, body, name] of refused) {
      await t.test(`${title}, ${way}`, async t => {
        all.kinto.store.put(all.uri('r'), { ...all.question(), choices: of }, writers)
        t.match(await send(all, 'r', body), {
          status: 400,
          body: { errno: 107, details: [{ location: 'body', name }] }
        })
        t.same(all.sfn.calls, [], 'nothing is reported')
      })
    }
  }
})
