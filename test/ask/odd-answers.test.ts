import t from 'tap'
import { startAsking } from '../helpers/asking.ts'

const over = (record: string) => ({ method: 'PUT', path: `/v1${record}`, nth: 2 })

t.test(
  'a record without a version that could be compared is written without a condition',
  async t => {
    for (const version of [JSON.rawJSON('0'), undefined, 'yesterday']) {
      const all = await startAsking(t)
      all.kinto.store.put(all.uri('mine'), { subject: 'a squatter' })
      Object.assign(all.kinto.store.records.get(all.uri('mine'))?.data ?? {}, {
        last_modified: version
      })
      t.match(
        await all.ask(all.question({ id: 'mine' })),
        { status: 200, body: { data: { subject: 'Sign off?', taskToken: /^sealed:1:/ } } },
        JSON.stringify({ version })
      )
      const puts = all.kinto.requests
        .filter(({ method }) => method === 'PUT')
        .map(({ rawHeaders }) => rawHeaders.filter(name => /^if-/i.test(name)))
      t.same(puts, [['If-None-Match'], []])
    }
  }
)

t.test('what answers in place of Kinto has taken no question', async t => {
  const page = '<title>Please log in</title>'
  for (const method of ['POST', 'PUT'])
    for (const status of [200, 201, 302]) {
      const all = await startAsking(t)
      all.kinto.fault({ method }, (_request, response) => {
        response.writeHead(status, { 'Content-Type': 'text/html' }).end(page)
      })
      t.match(
        await all.ask(all.question({ id: 'mine' })),
        { status: 503, body: { code: 503, message: /^Kinto cannot be reached/ } },
        `${method} ${status}`
      )
    }
})

t.test('a 200 without a record says nothing of what was written: it is looked for', async t => {
  for (const isWritten of [true, false]) {
    const all = await startAsking(t)
    all.kinto.store.put(all.uri('mine'), { subject: 'a squatter' })
    all.kinto.fault(over(all.uri('mine')), (request, response, received) => {
      if (isWritten) all.kinto.carryOut(request, received)
      response.end('{}')
    })
    t.match(await all.ask(all.question({ id: 'mine' })), {
      status: 200,
      body: { data: { subject: 'Sign off?', taskToken: /^sealed:1:/ } }
    })
    t.match(all.stored('mine'), { subject: 'Sign off?' })
    t.match(await all.logged('asked'), { outcome: 'asked anew' })
    t.equal(all.puts(), isWritten ? 3 : 4)
  }
})

t.test('a 200 without a record is no reading of it', async t => {
  const all = await startAsking(t)
  const question = all.question()
  const { id } = (await all.ask(question)).body.data
  all.kinto.fault({ method: 'GET', path: `/v1${all.uri(id)}`, nth: 1 }, (_request, response) => {
    response.end('{}')
  })
  const { status, body } = await all.ask(question)
  t.equal(status, 200)
  t.same(
    body,
    { stepfunction: { answer: `/v1${all.uri(id)}/stepfunction` } },
    'the 412 told what stands there, to nobody but the service'
  )
})
