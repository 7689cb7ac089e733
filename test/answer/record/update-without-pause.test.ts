import t from 'tap'
import { probe } from '../../helpers/kinto.ts'
import { answer, collection, startAll } from '../../helpers/service.ts'

const record = `${collection}/records/r1`
const path = `/v1${record}`
const writers = { write: ['account:alice'] }

t.test(
  'a record that is changed without pause, and one whose version Kinto cannot compare',
  async t => {
    const { kinto, sfn, ...all } = await startAll(t, {
      times: { requestMs: 3_000, stopMs: 60_000 }
    })
    const { taskToken } = sfn.waitCallback()
    kinto.store.put(record, { taskToken }, writers)
    let recordings = 0
    const end = kinto.fault({ method: 'PATCH', path }, (request, response, received) => {
      if (request.headers['if-match'] !== probe) {
        recordings += 1
        kinto.store.put(record, { taskToken, note: String(recordings) }, writers)
      }
      kinto.respond(request, response, received)
    })
    t.match(await answer(all, record, { answer: 'SUCCEED' }), {
      status: 503,
      body: { details: { reported: 'yes' } }
    })
    t.ok(recordings > 5)
    end()
    t.match(await answer(all, record, { answer: 'SUCCEED' }), {
      status: 200,
      body: { data: { note: String(recordings), status: 'SUCCEED' } }
    })

    const other = sfn.waitCallback()
    kinto.store.records.set(record, {
      data: { id: 'r1', taskToken: other.taskToken, last_modified: JSON.rawJSON('-1') },
      permissions: writers
    })
    t.match(await answer(all, record, { answer: 'FAIL' }), {
      status: 200,
      body: { data: { status: 'FAIL' } }
    })
    t.notOk(
      kinto.requests.findLast(({ method }) => method === 'PATCH')?.rawHeaders.includes('If-Match')
    )

    const last = sfn.waitCallback()
    kinto.store.put(record, { taskToken: last.taskToken }, writers)
    kinto.fault({ method: 'PATCH', path, nth: 2 }, 412)
    t.match(
      await answer(all, record, { answer: 'SUCCEED' }),
      { status: 503, body: { details: { reported: 'yes' } } },
      'a 412 without a record'
    )
  }
)
