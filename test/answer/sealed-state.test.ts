import t from 'tap'
import { Seals } from '../../src/seal/seals.ts'
import { secret, startAsking, type Asking } from '../helpers/asking.ts'
import { answer, collection } from '../helpers/service.ts'

/** A question in the record `mine` that alice may answer and reader may read. */
async function asked(
  t: Parameters<typeof startAsking>[0],
  fields: object = {}
): Promise<Asking & { taskToken: string }> {
  const all = await startAsking(t)
  all.kinto.store.collections.set(collection, {
    write: ['account:workflow'],
    read: ['account:reader']
  })
  const question = all.question({ id: 'mine', ...fields })
  await all.ask(question, { permissions: { write: ['account:alice'] } })
  return { ...all, taskToken: question.taskToken }
}

const forged = {
  status: 'SUCCEED',
  answeredBy: 'account:eve',
  answeredAt: 'then',
  comment: 'words of nobody'
}

t.test('a question as it was asked', async t => {
  const all = await asked(t)
  const { taskToken: _sealed, ...record } = all.stored('mine')
  const choices = [
    { label: 'Approve', answer: 'SUCCEED' },
    { label: 'Reject', answer: 'FAIL' }
  ]
  t.same((await all.state('mine', 'alice')).body, {
    data: { state: 'pending', canAnswer: true, choices, record, version: record['last_modified'] }
  })
  t.match((await all.state('mine', 'reader')).body, {
    data: { state: 'pending', canAnswer: false, obstacle: 'permission', record }
  })
  t.equal(
    all.sfn.callsOf('SendTaskHeartbeat').length,
    1,
    'nothing is asked of AWS on behalf of readers'
  )
  all.sfn.fault('SendTaskHeartbeat', 'AccessDeniedException')
  t.match(
    (await all.state('mine', 'alice')).body,
    { data: { state: 'pending', canAnswer: true } },
    'where AWS does not say'
  )
  all.sfn.expire(all.taskToken)
  t.match((await all.state('mine', 'alice')).body, {
    data: {
      state: 'gone',
      canAnswer: false,
      obstacle: 'over',
      reason: 'The step no longer accepts answers.'
    }
  })
})

t.test('a question that was changed', async t => {
  const all = await asked(t)
  const fields = Object.fromEntries(
    Array.from({ length: 12 }, (_none, index) => [`f${String(index).padStart(2, '0')}`, 1])
  )
  all.change('mine', { ...fields, subject: 'Other' })
  const names = Array.from({ length: 10 }, (_none, index) => `f0${index}`)
  const { body } = await all.state('mine', 'alice')
  t.match(body, {
    data: {
      state: 'pending',
      canAnswer: false,
      obstacle: 'changed',
      reason: /f00, f01.*Put it back, or ask again/,
      record: { subject: 'Other' }
    }
  })
  t.same(body.data.changed, [...names, 'f10', 'f11', 'subject'])
  const refused = await answer(all, all.uri('mine'), { answer: 'SUCCEED' })
  t.match(refused, {
    status: 409,
    body: { errno: 122, message: /^The question was changed after it was asked: / }
  })
  t.same(refused.body.details, { changed: names }, 'at most ten names')
  t.same(all.sfn.calls, [])
  all.change(
    'mine',
    Object.fromEntries([...Object.keys(fields).map(name => [name, null]), ['subject', 'Sign off?']])
  )
  t.match(
    await answer(all, all.uri('mine'), { answer: 'SUCCEED' }),
    { status: 200 },
    'put back, it is whole again'
  )
})

t.test('a status that nobody decided', async t => {
  const all = await asked(t)
  all.change('mine', forged)
  for (const user of ['alice', 'reader']) {
    const { body } = await all.state('mine', user)
    t.match(body, {
      data: {
        state: 'pending',
        canAnswer: user === 'alice',
        answeredBy: undefined,
        comment: undefined,
        proof: undefined
      }
    })
    t.notMatch(
      JSON.stringify(body),
      /words of nobody|account:eve/,
      'no words of nobody are shown as the decision'
    )
  }
  t.match(await answer(all, all.uri('mine'), { answer: 'FAIL' }), {
    status: 200,
    body: {
      data: { status: 'FAIL' },
      stepfunction: { outcome: 'accepted', answeredBy: 'account:alice' }
    }
  })
})

t.test('a decision that its receipt proves', async t => {
  const all = await asked(t)
  t.match(await answer(all, all.uri('mine'), { answer: 'SUCCEED', comment: 'fine' }), {
    status: 200,
    body: { data: { answerReceipt: /^receipt:1:/ } }
  })
  const calls = all.sfn.calls.length
  all.change('mine', { ...forged, status: 'FAIL', subject: 'Other' })
  for (const user of ['alice', 'reader'])
    t.match((await all.state('mine', user)).body, {
      data: {
        state: 'succeeded',
        canAnswer: false,
        answeredBy: 'account:alice',
        comment: 'fine',
        proof: 'receipt',
        changed: ['subject'],
        obstacle: user === 'alice' ? 'answered' : 'permission'
      }
    })
  t.match(
    await answer(all, all.uri('mine'), { answer: 'SUCCEED' }),
    {
      status: 200,
      body: {
        data: { status: 'SUCCEED', answeredBy: 'account:alice', comment: 'fine' },
        stepfunction: { outcome: 'already_applied', answeredBy: 'account:alice' }
      }
    },
    "somebody's own retry, and the record says so again"
  )
  all.change('mine', { status: 'FAIL' })
  t.match(await answer(all, all.uri('mine'), { answer: 'FAIL' }, 'workflow'), {
    status: 409,
    body: { details: { answer: 'SUCCEED', answeredBy: 'account:alice' } }
  })
  t.match(all.stored('mine'), { status: 'SUCCEED' })
  t.equal(all.sfn.calls.length, calls, 'AWS is not asked')
  all.change('mine', { answerReceipt: 'receipt:1:AAAA' })
  t.match(
    (await all.state('mine', 'reader')).body,
    { data: { state: 'pending' } },
    'without it nothing proves anything'
  )
})

t.test('a receipt that holds no decision proves none', async t => {
  const all = await asked(t)
  const seals = new Seals(Buffer.from(secret, 'hex'))
  for (const decision of [[], { answer: 'MAYBE' }]) {
    all.change('mine', {
      status: 'SUCCEED',
      answerReceipt: seals.writeReceipt(all.uri('mine'), all.taskToken, decision)
    })
    t.match((await all.state('mine', 'alice')).body, {
      data: { state: 'pending', canAnswer: true }
    })
  }
})
