import t from 'tap'
import { startAsking } from '../../helpers/asking.ts'
import { answer } from '../../helpers/service.ts'
import { absent, each, malformed, wellFormed } from './fields.ts'

const writers = { write: ['account:alice'] }
const fields = ['requestedBy', 'choices', 'form', 'expiresAt']

t.test('a field that is malformed', async t => {
  const all = await startAsking(t, {})
  for (const [field, title, value] of each(malformed)) {
    await t.test(`${field}: ${title}`, async t => {
      const question = all.question({ [field]: value })
      const asked = await all.ask({ ...question, id: 'asked' })
      t.match(asked, {
        status: 400,
        body: { errno: 107, details: [{ location: 'body', name: field }] }
      })
      t.equal(all.kinto.store.records.has(all.uri('asked')), false, 'nothing is asked')
      all.kinto.store.put(all.uri('r'), question, writers)
      const { data } = (await all.state('r', 'alice')).body
      t.match(data, { state: 'pending', canAnswer: false, obstacle: 'record' })
      for (const said of ['SUCCEED', 'FAIL'])
        t.match(await answer(all, all.uri('r'), { answer: said }), {
          status: 400,
          body: {
            errno: 107,
            message: data.reason,
            details: [{ location: 'record', name: field, description: data.reason }]
          }
        })
      t.equal('choices' in data, field !== 'choices', 'no choices are offered')
      t.same(all.sfn.callsOf('SendTaskSuccess').length, 0)
      t.same(all.sfn.callsOf('SendTaskFailure').length, 0)
    })
  }
})

t.test('a field that is well-formed, or that counts as absent', async t => {
  const all = await startAsking(t, {})
  const rows = [
    ...each(wellFormed),
    ...fields.flatMap(field =>
      absent.map(([title, value]): [string, string, unknown] => [field, title, value])
    )
  ]
  for (const [index, [field, title, value]] of rows.entries()) {
    await t.test(`${field}: ${title}`, async t => {
      const id = `r${index}`
      const asked = await all.ask(all.question({ [field]: value, id }), { permissions: writers })
      t.equal(asked.status, 201)
      const { data } = (await all.state(id, 'alice')).body
      t.match(data, { state: 'pending', canAnswer: true })
      const [first] = data.choices
      const output = field === 'form' && first.answer === 'SUCCEED' ? { output: {} } : {}
      const comment = first.comment === 'required' ? { comment: 'because' } : {}
      const said = field === 'choices' && value ? { choice: first.label } : { answer: first.answer }
      t.match(await answer(all, all.uri(id), { ...said, ...output, ...comment }), { status: 200 })
    })
  }
})

t.test('the state says what the record asks for', async t => {
  const all = await startAsking(t, {})
  const choices = [
    { label: 'Refund', answer: 'SUCCEED', color: 'green', help: 'Pays the money back.' },
    { label: 'Refuse', answer: 'FAIL', error: 'Refused', comment: 'required' }
  ]
  const form = { type: 'object', properties: { amount: { type: 'integer', default: 5 } } }
  const expiresAt = '2026-11-22T10:00:00Z'
  all.kinto.store.collections.set(all.uri('').slice(0, -'/records/'.length), {
    read: ['account:reader']
  })
  all.kinto.store.put(all.uri('r'), all.question({ choices, form, expiresAt }), writers)
  for (const user of ['alice', 'reader']) {
    const { data } = (await all.state('r', user)).body
    t.strictSame(data.choices, [
      { label: 'Refund', answer: 'SUCCEED', help: 'Pays the money back.' },
      { label: 'Refuse', answer: 'FAIL', error: 'Refused', comment: 'required' }
    ])
    t.strictSame(data.form, form)
    t.equal(data.expiresAt, expiresAt)
    t.strictSame(data.record.choices, choices, 'the record is as it is')
  }
})
