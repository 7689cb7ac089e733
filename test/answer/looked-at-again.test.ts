import t from 'tap'
import { probe } from '../helpers/kinto.ts'
import { startAsking, type Asking } from '../helpers/asking.ts'
import { answer, as } from '../helpers/service.ts'

t.jobs = 4
const parallel = { buffered: true }

/**
 * A question that waits, and a Kinto that does what `first` says with each recording.
 * `lost`: Kinto sends 200 and undoes it. `not shown`: the same, and the 200 shows no record.
 * A number: Kinto sends this status, and does nothing.
 */
async function start(
  t: Parameters<typeof startAsking>[0],
  first: (nth: number, all: Asking) => 'kept' | 'lost' | 'not shown' | number,
  env: Record<string, string> = {}
): Promise<Asking & { recordings: () => number }> {
  const all = await startAsking(t, {
    SEAL_SECRET: '5ea1'.repeat(16),
    KINTO_AUTHORIZATION: as('workflow'),
    ...env
  })
  await all.ask(all.question({ id: 'mine' }), { permissions: { write: ['account:alice'] } })
  let nth = 0
  all.kinto.fault({ method: 'PATCH' }, (request, response, received) => {
    const outcome = request.headers['if-match'] === probe ? 'kept' : first(++nth, all)
    if (typeof outcome === 'number') return void response.writeHead(outcome).end('{}')
    const stored = all.kinto.store.records.get(all.uri('mine'))
    const [data, permissions] = [stored?.data, stored?.permissions]
    if (outcome === 'not shown') response.end('{}')
    else all.kinto.respond(request, response, received)
    if (outcome !== 'kept') all.kinto.store.put(all.uri('mine'), data, permissions)
  })
  return { ...all, recordings: () => nth }
}

t.test('a recording that is lost though Kinto took it is made again', parallel, async t => {
  for (const times of [1, 2]) {
    const all = await start(t, nth => (nth <= times ? 'lost' : 'kept'))
    t.match(await answer(all, all.uri('mine'), { answer: 'SUCCEED', comment: 'fine' }), {
      status: 200,
      body: { data: { status: 'SUCCEED' } }
    })
    t.notOk('status' in all.stored('mine'))
    while (all.recordings() <= times) await all.kinto.nextRequest()
    t.match(await all.state('mine'), { body: { data: { proof: 'receipt' } } })
    t.match(all.stored('mine'), {
      status: 'SUCCEED',
      answeredBy: 'account:alice',
      comment: 'fine',
      answerReceipt: /^receipt:/
    })
  }
})

t.test('what is there is left as it is', parallel, async t => {
  const all = await start(t, () => 'kept')
  await answer(all, all.uri('mine'), { answer: 'SUCCEED' })
  const written = all.stored('mine')
  await all.service.stop()
  t.same(all.stored('mine'), written)
  t.equal(all.recordings(), 1)
  t.equal(
    all.kinto.requests.filter(({ method, url }) => method === 'GET' && url.endsWith('/mine'))
      .length,
    2,
    "the caller's own reading, and one more"
  )
})

t.test('a record that asks something else by then is left as it is', parallel, async t => {
  const all = await start(t, () => 'kept')
  await answer(all, all.uri('mine'), { answer: 'SUCCEED' })
  all.kinto.store.put(
    all.uri('mine'),
    { subject: 'something else' },
    { write: ['account:workflow'] }
  )
  await all.service.stop()
  t.notOk('status' in all.stored('mine'))
  t.equal(all.recordings(), 1)
})

t.test('lost again and again: it stops some time', parallel, async t => {
  const all = await start(t, () => 'lost')
  t.match(await answer(all, all.uri('mine'), { answer: 'SUCCEED' }), { status: 200 })
  while (all.recordings() < 6) await all.kinto.nextRequest()
  await all.service.stop()
  t.equal(all.recordings(), 6)
})

t.test('a Kinto that is away by then: the backlog goes on', parallel, async t => {
  const all = await start(t, nth => (nth === 1 ? 'lost' : nth === 2 ? 503 : 'kept'))
  t.match(await answer(all, all.uri('mine'), { answer: 'SUCCEED' }), { status: 200 })
  await all.logged('an answer was recorded after its request')
  t.match(all.stored('mine'), { status: 'SUCCEED' })
  await all.service.stop()
})

t.test('a 200 that shows no record proves nothing', parallel, async t => {
  for (const times of [1, 2]) {
    const all = await start(t, nth => (nth <= times ? 'not shown' : 'kept'))
    t.match(await answer(all, all.uri('mine'), { answer: 'SUCCEED' }), { status: 200 })
    while (all.recordings() <= times) await all.kinto.nextRequest()
    await all.service.stop()
    t.match(all.stored('mine'), {
      status: 'SUCCEED',
      answeredBy: 'account:alice',
      answerReceipt: /^receipt:/
    })
  }
})

t.test(
  'a Kinto that shows nothing by then: the backlog goes on, where there is an account to do it',
  parallel,
  async t => {
    for (const [KINTO_AUTHORIZATION, recordings] of [
      [as('workflow'), 2],
      ['', 1]
    ] as const) {
      const all = await start(t, nth => (nth === 1 ? 'lost' : 'kept'), { KINTO_AUTHORIZATION })
      t.match(await answer(all, all.uri('mine'), { answer: 'SUCCEED' }), { status: 200 })
      all.kinto.fault({ method: 'GET', nth: 1 }, 503)
      await all.kinto.requested({ method: 'GET' })
      if (recordings === 2) await all.logged('an answer was recorded after its request')
      await all.service.stop()
      t.equal(all.recordings(), recordings)
      t.equal('status' in all.stored('mine'), recordings === 2)
    }
  }
)

t.test('a record that is gone by then was recorded, and nobody is alarmed', parallel, async t => {
  const all = await start(t, () => 'kept')
  t.match(await answer(all, all.uri('mine'), { answer: 'SUCCEED' }), { status: 200 })
  all.kinto.store.remove(all.uri('mine'))
  await all.service.stop()
  t.equal(all.recordings(), 1)
  t.notOk(all.log.some(({ level }) => Number(level) >= 50))
})

t.test('a record that goes on to another question while it is recorded', parallel, async t => {
  const all = await start(t, (nth, all) => {
    if (nth === 1)
      all.kinto.store.put(
        all.uri('mine'),
        { subject: 'something else', taskToken: 'another' },
        { write: ['account:alice'] }
      )
    return 'kept'
  })
  t.match(await answer(all, all.uri('mine'), { answer: 'SUCCEED' }), {
    status: 200,
    body: { data: { subject: 'something else' }, stepfunction: { outcome: 'accepted' } }
  })
  t.match(all.stored('mine'), { taskToken: 'another', status: undefined })
})

t.test('without an account of its own the service looks as the caller', parallel, async t => {
  const all = await start(t, nth => (nth === 1 ? 'lost' : 'kept'), { KINTO_AUTHORIZATION: '' })
  t.match(await answer(all, all.uri('mine'), { answer: 'SUCCEED' }), { status: 200 })
  while (all.recordings() < 2) await all.kinto.nextRequest()
  t.match(await all.state('mine'), {
    body: { data: { proof: 'receipt', answeredBy: 'account:alice' } }
  })
})
