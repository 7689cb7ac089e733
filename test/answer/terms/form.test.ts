import t from 'tap'
import { startAsking } from '../../helpers/asking.ts'
import { answer } from '../../helpers/service.ts'

const writers = { write: ['account:alice', 'account:bob'] }
const form = {
  type: 'object',
  required: ['target', 'amount'],
  properties: {
    target: { type: 'string', format: 'email' },
    amount: { type: 'integer', minimum: 1 },
    items: { type: 'array', items: { type: 'object', properties: { name: { type: 'string' } } } }
  }
}
/** The body of an answer with an output. */
const sending = (output: string): string => `{"answer":"SUCCEED","output":${output}}`
const good = '{"target":"a@example.org","amount":12.0}'

t.test('an output that fits its form', async t => {
  const all = await startAsking(t)
  const { taskToken, executionArn } = all.sfn.waitCallback()
  await all.ask({ ...all.question({ id: 'r', form }), taskToken }, { permissions: writers })
  const output = '{"target":"a@example.org","amount":9007199254740993,"rate":1.0,"no":null}'
  t.match(await answer(all, all.uri('r'), `{"answer":"SUCCEED","output":${output}}`), {
    status: 200
  })
  t.match(all.sfn.execution(executionArn).output, `"output":${output}`)
  const kept = JSON.stringify(all.kinto.store.records.get(all.uri('r'))?.data['output'])
  t.equal(kept, output, 'the record has it as it was sent')
  for (const user of ['alice', 'workflow'])
    t.match((await all.state('r', user)).text, `"output":${output}`)
})

t.test('one that does not', async t => {
  const all = await startAsking(t, {})
  const rows: [title: string, output: string | undefined, names: string[]][] = [
    ['none', undefined, ['output']],
    ['null', 'null', ['output']],
    ['a text', '"x"', ['output']],
    ['missing fields', '{}', ['output.target', 'output.amount']],
    ['a format', '{"target":"x","amount":1}', ['output.target']],
    ['a number that is no integer', '{"target":"a@example.org","amount":1.5}', ['output.amount']],
    [
      'deep inside',
      '{"target":"a@example.org","amount":1,"items":[{},{},{},{"name":5}]}',
      ['output.items.3.name']
    ],
    ['what cannot be stored', '{"target":"a@example.org","amount":1,"x":"\\u0000"}', ['output']],
    ['a key that cannot', '{"target":"a@example.org","amount":1,"\\ud800":1}', ['output']],
    [
      'too deep',
      `{"target":"a@example.org","amount":1,"x":${'['.repeat(65)}${']'.repeat(65)}}`,
      ['output']
    ]
  ]
  for (const [title, output, names] of rows) {
    await t.test(title, async t => {
      all.kinto.store.put(all.uri('r'), { ...all.question(), form }, writers)
      const body = `{"answer":"SUCCEED"${output === undefined ? '' : `,"output":${output}`}}`
      const reply = await answer(all, all.uri('r'), body)
      t.match(reply, { status: 400, body: { errno: 107 } })
      t.strictSame(
        reply.body.details.map(({ name }: { name: string }) => name).toSorted(),
        names.toSorted()
      )
      for (const { location, description } of reply.body.details) {
        t.equal(location, 'body')
        t.match(description, /\w/)
      }
      t.same(all.sfn.calls, [], 'nothing is reported')
    })
  }
  const many = { type: 'object', required: Array.from({ length: 120 }, (_none, at) => `f${at}`) }
  all.kinto.store.put(all.uri('r'), { ...all.question(), form: many }, writers)
  const reply = await answer(all, all.uri('r'), { answer: 'SUCCEED', output: {} })
  t.equal(reply.body.details.length, 100, 'at most 100 entries')
})

t.test('FAIL', async t => {
  const all = await startAsking(t, {})
  all.kinto.store.put(all.uri('r'), { ...all.question(), form }, writers)
  t.match(await answer(all, all.uri('r'), { answer: 'FAIL', output: {} }), {
    status: 400,
    body: { details: [{ name: 'output' }] }
  })
  t.match(await answer(all, all.uri('r'), { answer: 'FAIL' }), { status: 200 })
})

t.test('a form that takes too long makes the record unusable', async t => {
  const all = await startAsking(t, {})
  const slow = { type: 'object', properties: { a: { pattern: '^(a+)+$' } } }
  all.kinto.store.put(all.uri('r'), { ...all.question(), form: slow }, writers)
  const output = { a: `${'a'.repeat(60)}!` }
  t.match(await answer(all, all.uri('r'), { answer: 'SUCCEED', output }), {
    status: 400,
    body: {
      message: 'This form takes too long to check.',
      details: [{ location: 'record', name: 'form' }]
    }
  })
  t.same(all.sfn.calls, [])
})

t.test('the same answer has an equal output', async t => {
  const rows: [title: string, output: string | undefined, status: number][] = [
    ['as it was', good, 200],
    ['in another order, with other numbers', '{"amount":12,"target":"a@example.org"}', 200],
    ['another value', '{"target":"a@example.org","amount":13}', 409],
    ['none', undefined, 409]
  ]
  // With a receipt; by the memory of the process; by the history; and by the record alone.
  const ways: [title: string, env: Record<string, string> | undefined][] = [
    ['sealed', undefined],
    ['in clear', {}]
  ]
  for (const [way, env] of ways) {
    const all = await startAsking(t, env)
    await all.ask(all.question({ id: 'r', form }), { permissions: writers })
    const send = (output: string | undefined, user?: string) =>
      answer(
        all,
        all.uri('r'),
        `{"answer":"SUCCEED"${output === undefined ? '' : `,"output":${output}`}}`,
        user
      )
    t.equal((await send(good)).status, 200)
    for (const [title, output, status] of rows) {
      const reply = await send(output, 'bob')
      t.equal(reply.status, status, `${title}, ${way}`)
      if (status === 409) t.match(reply.body.details, { answer: 'SUCCEED' })
    }
    t.equal(JSON.stringify(all.kinto.store.records.get(all.uri('r'))?.data['output']), good)
  }
})

t.test('another process knows the output by the history, or by the record', async t => {
  const all = await startAsking(t, {})
  const other = '{"target":"b@example.org","amount":1}'
  const step = all.sfn.waitCallback()
  all.kinto.store.put(all.uri('by-history'), { ...step, form }, writers)
  await all.elsewhere(step.taskToken, {
    answer: 'SUCCEED',
    answeredBy: 'account:eve',
    answeredAt: 'then',
    output: JSON.parse(good),
    record: all.uri('by-history'),
    answerId: 'x'
  })
  t.equal((await answer(all, all.uri('by-history'), sending(other))).status, 409)
  t.match(all.stored('by-history'), { output: JSON.parse(good) }, 'and writes it into the record')
  t.equal((await answer(all, all.uri('by-history'), sending(good))).status, 200)
  const { taskToken } = all.sfn.waitCallback()
  await all.elsewhere(taskToken, 'by hand')
  all.kinto.store.put(
    all.uri('by-record'),
    { taskToken, form, status: 'SUCCEED', output: JSON.parse(good) },
    writers
  )
  t.equal((await answer(all, all.uri('by-record'), sending(other))).status, 409)
  t.equal((await answer(all, all.uri('by-record'), sending(good))).status, 200)
  const unknown = all.sfn.waitCallback()
  await all.elsewhere(unknown.taskToken, 'by hand')
  all.kinto.store.put(all.uri('unknown'), { ...unknown, form }, writers)
  t.equal(
    (await answer(all, all.uri('unknown'), sending(other))).status,
    200,
    'an answer of elsewhere'
  )
})

t.test('words of a decision that the receipt does not confirm', async t => {
  const all = await startAsking(t)
  const choices = [
    { label: 'A', answer: 'SUCCEED' },
    { label: 'B', answer: 'SUCCEED' }
  ]
  await all.ask(all.question({ id: 'r', form, choices }), { permissions: writers })
  t.match(await answer(all, all.uri('r'), `{"choice":"A","output":${good}}`), { status: 200 })
  all.change('r', { choice: 'B', output: { target: 'eve@example.org', amount: 1 } })
  const { data } = (await all.state('r', 'alice')).body
  t.match(data, { state: 'succeeded', choice: 'A', proof: 'receipt' })
  t.notOk('output' in data, 'of the output only a digest is known')
  t.match(
    await answer(
      all,
      all.uri('r'),
      `{"choice":"A","output":{"target":"eve@example.org","amount":1}}`
    ),
    { status: 409 }
  )
  all.change('r', { status: null })
  t.match(await answer(all, all.uri('r'), `{"choice":"A","output":${good}}`), { status: 200 })
})
