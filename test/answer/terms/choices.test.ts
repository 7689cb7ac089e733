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

t.test('the same answer is the same choice', async t => {
  const rows: [title: string, body: object, status: number][] = [
    ['the same choice', { choice: 'Refund' }, 200],
    ['with its answer', { choice: 'Refund', answer: 'SUCCEED' }, 200],
    ['another choice', { choice: 'Voucher' }, 409],
    ['another answer', { choice: 'Drop' }, 409],
    ['an answer that says neither', { answer: 'SUCCEED' }, 409],
    ['a choice that is not there', { choice: 'Other' }, 409]
  ]
  for (const env of [{}, undefined]) {
    const all = await startAsking(t, env)
    await all.ask(all.question({ id: 'r', choices }), { permissions: writers })
    const first = await answer(all, all.uri('r'), { choice: 'Refund' })
    t.equal(first.status, 200)
    const { answeredAt } = first.body.stepfunction
    for (const [title, body, status] of rows) {
      const reply = await answer(all, all.uri('r'), body, 'bob')
      t.equal(reply.status, status, title)
      const decision = {
        answer: 'SUCCEED',
        choice: 'Refund',
        answeredBy: 'account:alice',
        answeredAt
      }
      t.match(status === 200 ? reply.body.stepfunction : reply.body.details, decision, title)
      if (status === 409)
        t.equal(
          reply.body.message,
          `This step was already answered: account:alice said SUCCEED (Refund) on ${answeredAt}.`
        )
    }
    t.match(all.stored('r'), { status: 'SUCCEED', choice: 'Refund' })
  }
})

t.test('what is not known of the first answer does not count', async t => {
  const rows: [title: string, output: object, body: object, status: number][] = [
    ['a history of before', {}, { choice: 'Voucher' }, 200],
    ['and another answer', {}, { choice: 'Drop' }, 409],
    ['and a choice that is not there', {}, { choice: 'Other' }, 409],
    ['a history that says the choice', { choice: 'Voucher' }, { choice: 'Voucher' }, 200],
    ['another one', { choice: 'Voucher' }, { choice: 'Refund' }, 409]
  ]
  const all = await startAsking(t, {})
  for (const [index, [title, more, body, status]] of rows.entries()) {
    const step = all.sfn.waitCallback()
    const uri = all.uri(`r${index}`)
    all.kinto.store.put(uri, { ...step, choices }, writers)
    await all.elsewhere(step.taskToken, {
      answer: 'SUCCEED',
      answeredBy: 'account:eve',
      answeredAt: 'then',
      record: uri,
      answerId: 'x',
      ...more
    })
    t.equal((await answer(all, uri, body)).status, status, title)
    t.match(
      all.stored(`r${index}`),
      { status: 'SUCCEED', answeredBy: 'account:eve', ...more },
      title
    )
  }
})

t.test("somebody's own retry, though the question was changed meanwhile", async t => {
  for (const withReceipt of [true, false]) {
    const all = await startAsking(t)
    const { taskToken, executionArn } = all.sfn.waitCallback()
    const question = { id: 'r', taskToken, executionArn, choices: two, stateMachineArn: null }
    await all.ask(question, { permissions: writers })
    t.match(await answer(all, all.uri('r'), { answer: 'SUCCEED' }), { status: 200 })
    for (const changed of [null, 'x', [{ label: 'Refund', answer: 'FAIL' }]]) {
      all.change('r', { choices: changed, ...(!withReceipt && { answerReceipt: null }) })
      const reply = await answer(all, all.uri('r'), { choice: 'Refund' })
      t.match(reply, { status: 200, body: { stepfunction: { outcome: 'already_applied' } } })
    }
    all.change('r', { choices: null })
    t.equal((await answer(all, all.uri('r'), { answer: 'SUCCEED' })).status, 200)
    t.equal((await answer(all, all.uri('r'), { answer: 'FAIL' })).status, 409)
  }
})
