import { KintoClient } from 'kinto'
import t from 'tap'
import { needsParts } from '../helpers/real.ts'
import { as, collection } from '../helpers/service.ts'
import { startStepFunctions } from '../helpers/step-functions.ts'
import { put, startStage } from './stage.ts'

t.test('kinto.js through the service', needsParts('the JavaScript client of Kinto'), async t => {
  const sfn = await startStepFunctions(t)
  const { kinto, service } = await startStage(t, sfn, { settings: { 'kinto.paginate_by': '3' } })
  const remote = `${service.url}/v1`
  const client = (user: string): KintoClient =>
    new KintoClient(remote, { headers: { Authorization: as(user) } })
  const carol = client('carol')
  const bucket = carol.bucket('books')
  const shelf = bucket.collection('shelf')

  await t.test('an account', async t => {
    await new KintoClient(remote, {}).createAccount('carol', 'secret')
    t.match(await carol.fetchUser(), { id: 'account:carol' })
    t.match(await carol.fetchServerCapabilities(), { accounts: {} })
    t.match(await refusal(client('nobody').listBuckets()), {
      response: { status: 401 },
      data: { errno: 104 }
    })
  })

  await t.test('a bucket, a collection, and records on several pages', async t => {
    await carol.createBucket('books')
    await bucket.createCollection('shelf')
    for (const number of [1, 2, 3, 4, 5, 6, 7])
      t.match(await shelf.createRecord({ number }), { data: { number, id: String } })
    const { headers } = await carol.execute(
      { path: '/buckets/books/collections/shelf/records', headers: { Authorization: as('carol') } },
      { raw: true }
    )
    t.ok(
      headers.get('next-page')?.startsWith(`${remote}/buckets/books/`),
      headers.get('next-page') ?? 'no Next-Page'
    )
    const first = await shelf.listRecords({ sort: 'number' })
    t.match(first, { hasNextPage: true, data: [{ number: 1 }, { number: 2 }, { number: 3 }] })
    t.match((await first.next()).data, [{ number: 4 }, { number: 5 }, { number: 6 }])
    const all = await shelf.listRecords({ sort: 'number', pages: Infinity })
    t.same(
      all.data.map(({ number }) => number),
      [1, 2, 3, 4, 5, 6, 7]
    )
    t.equal(await shelf.getTotalRecords(), 7, 'HEAD')
  })

  await t.test('conditional writes', async t => {
    const { data } = await shelf.createRecord({ id: 'kept', title: 'old' })
    const { data: changed } = await shelf.updateRecord({ ...data, title: 'new' }, { safe: true })
    t.match(changed, { title: 'new' })
    const refused = {
      response: { status: 412 },
      data: { errno: 114, details: { existing: { title: 'new' } } }
    }
    t.match(
      await refusal(shelf.updateRecord({ ...data, title: 'late' }, { safe: true })),
      refused,
      'an old version'
    )
    t.match(
      await refusal(shelf.createRecord({ id: 'kept', title: 'again' }, { safe: true })),
      refused,
      'an id that is taken'
    )
    t.match(await refusal(shelf.deleteRecord(data, { safe: true })), refused)
    t.match(await shelf.deleteRecord(changed, { safe: true }), {
      data: { id: 'kept', deleted: true }
    })
  })

  await t.test('permissions', async t => {
    const {
      data: { id }
    } = await shelf.createRecord({ title: 'shared' })
    const asBob = client('bob').bucket('books').collection('shelf')
    t.match(await refusal(asBob.getRecord(id)), { response: { status: 403 } })
    await shelf.addPermissions({ read: ['account:bob'] })
    t.match(await asBob.getRecord(id), { data: { title: 'shared' } })
    t.match(await shelf.getPermissions(), { read: ['account:bob'], write: ['account:carol'] })
    await shelf.removePermissions({ read: ['account:bob'] })
    t.match(await refusal(asBob.getRecord(id)), { response: { status: 403 } })
  })

  await t.test('a batch', async t => {
    const result = await shelf.batch(
      batch => {
        for (const number of [11, 12, 13]) void batch.createRecord({ id: `n${number}`, number })
        void batch.deleteRecord('n12')
        void batch.deleteRecord('missing')
      },
      { aggregate: true }
    )
    t.match(result, {
      published: { length: 4 },
      skipped: { length: 1 },
      conflicts: { length: 0 },
      errors: { length: 0 }
    })
    t.match(await shelf.getRecord('n13'), { data: { number: 13 } })
  })

  const waiting = async (id: string): Promise<string> => {
    const { taskToken, executionArn } = sfn.waitCallback()
    await put(
      kinto,
      `${collection}/records/${id}`,
      { data: { taskToken, executionArn } },
      'workflow'
    )
    return executionArn
  }

  await t.test('an answer', async t => {
    const executionArn = await waiting('r1')
    const alice = client('alice')
    t.match(await alice.execute(answer('r1', 'SUCCEED')), {
      data: { id: 'r1', status: 'SUCCEED' },
      stepfunction: { outcome: 'accepted', answeredBy: 'account:alice' }
    })
    t.equal(sfn.execution(executionArn).status, 'SUCCEEDED')
    t.match(await refusal(alice.execute(answer('r1', 'FAIL'))), {
      response: { status: 409 },
      data: { errno: 122, message: String, details: { answer: 'SUCCEED' } }
    })
    t.match(
      await refusal(
        client('carol').execute({
          ...answer('r1', 'FAIL'),
          headers: { Authorization: as('carol') }
        })
      ),
      { response: { status: 403 }, data: { errno: 121 } }
    )
  })

  // This client writes its headers into the `defaults` of a batch.
  await t.test('answers among other requests of a batch', async t => {
    const executions = [await waiting('r2'), await waiting('r3')]
    const replies = await client('alice').batch((batch: KintoClient) => {
      const steps = batch.bucket('stepfunction').collection('steps')
      void steps.updateRecord({ id: 'r2', seen: true }, { patch: true })
      void batch.execute(answer('r2', 'SUCCEED'))
      void batch.execute(answer('r3', 'FAIL'))
      void batch.execute({ path: `${collection}/records/r3`, headers: {} })
    })
    t.match(replies, [
      { status: 200, body: { data: { seen: true } } },
      {
        status: 200,
        path: `/v1${collection}/records/r2/stepfunction`,
        body: { data: { seen: true }, stepfunction: { outcome: 'accepted', answer: 'SUCCEED' } }
      },
      {
        status: 200,
        path: `/v1${collection}/records/r3/stepfunction`,
        body: { stepfunction: { outcome: 'accepted', answer: 'FAIL' } }
      },
      { status: 200, body: { data: { status: 'FAIL', answeredBy: 'account:alice' } } }
    ])
    t.same(
      executions.map(arn => sfn.execution(arn).status),
      ['SUCCEEDED', 'FAILED']
    )
  })
})

function answer(
  id: string,
  said: string
): { method: 'POST'; path: string; headers: Record<string, string>; body: object } {
  return {
    method: 'POST',
    path: `${collection}/records/${id}/stepfunction`,
    headers: { Authorization: as('alice') },
    body: { answer: said }
  }
}

/** The client's error for a refusal. It has the `response`, and Kinto's body as `data`. */
async function refusal(request: Promise<unknown>): Promise<unknown> {
  try {
    await request
  } catch (error) {
    return error
  }
  return undefined
}
