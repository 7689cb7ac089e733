import { randomUUID } from 'node:crypto'
import t from 'tap'
import type { KintoHandler } from '../helpers/kinto.ts'
import { needsPostgres } from '../helpers/real.ts'
import { activityArn, answer, call, collection } from '../helpers/service.ts'
import { startPlace, type Place } from './refusing-kinto.ts'

t.setTimeout(180_000)

const question = {
  type: 'object',
  properties: { subject: {}, stateMachineArn: {}, executionArn: {}, activityArn: {} },
  additionalProperties: false
}
const withToken = { ...question, properties: { ...question.properties, taskToken: {} } }

// Kinto 26.5 has no quotas any more, and one whose service has ended does not get ready.
function saying(code: number, errno: number, error: string): KintoHandler {
  return (_request, response) => {
    response.writeHead(code).end(JSON.stringify({ code, errno, error, message: 'Said so.' }))
  }
}

/** What Kinto refuses for good, until somebody mends it. */
const refusals: [
  title: string,
  said: RegExp,
  refuse: (place: Place, uri: string) => Promise<void>,
  mend?: (place: Place) => Promise<void>
][] = [
  [
    '400: a schema that came to want more',
    /^Kinto answered 400: it wants priority\.$/,
    place => place.schema({ type: 'object', required: ['priority', 'subject'] }),
    place => place.schema({})
  ],
  [
    '400: a schema that does not know the status',
    /^Kinto answered 400: it does not know 'status'\.$/,
    place => place.schema(withToken),
    place => place.schema({})
  ],
  [
    '400: a schema that does not take the status',
    /^Kinto answered 400: it does not take this value of status\.$/,
    place => place.schema({ type: 'object', properties: { status: { enum: ['UNANSWERED'] } } }),
    place => place.schema({})
  ],
  [
    '403: nobody may write',
    /^Kinto answered 403\.$/,
    async (place, uri) => {
      await place.write(collection)
      await place.write(uri)
    },
    place => place.write(collection, 'workflow', 'alice')
  ],
  [
    '405: read-only',
    /^Kinto answered 405\.$/,
    place => place.lead('read-only'),
    place => place.lead('back')
  ],
  [
    '410: its service has ended',
    /^Kinto answered 410\.$/,
    place => place.lead(saying(410, 202, 'Gone')),
    place => place.lead('back')
  ],
  [
    '507: its quota is used up',
    /^Kinto answered 507\.$/,
    place => place.lead(saying(507, 121, 'Insufficient Storage')),
    place => place.lead('back')
  ],
  ['404: the record is gone', /^Kinto answered 404\.$/, (place, uri) => place.remove(uri)]
]

t.test('what Kinto refuses for good', needsPostgres('what Kinto refuses for good'), async t => {
  const place = await startPlace(t)
  const { proxy, sfn, read } = place

  for (const [title, said, refuse, mend] of refusals)
    await t.test(title, async t => {
      const { service, uri } = await place.ask(t, sfn.waitCallback())
      proxy.before = async ({ method, body }) => {
        if (method !== 'PATCH' || !body.includes('"status":"FAIL"')) return undefined
        proxy.before = () => undefined
        await refuse(place, uri)
        return undefined
      }
      const reply = await answer(service, uri, { answer: 'FAIL', comment: 'secret words' })
      t.match(reply, { status: 503, body: { details: { reported: 'yes' } } })
      t.equal(reply.headers.get('retry-after'), null, 'to repeat it would not help')
      t.match(await service.logged(/Kinto could not record/), { err: { message: said } })
      t.notMatch(JSON.stringify(service.log), /secret words/, 'fields, and no values')
      if (mend === undefined) {
        t.match(reply.body.message, /The record is gone/)
        return
      }
      t.match(reply.body.message, /Kinto refuses.*recorded without you/)
      await mend(place)
      await service.logged('an answer was recorded after its request')
      t.match(await read(uri), { status: 'FAIL', answeredBy: 'account:alice' })
    })

  const tokens: [title: string, schema: object, env: Record<string, string>, said: RegExp][] = [
    [
      'a schema that does not know taskToken',
      { ...question, properties: { ...question.properties, status: {} } },
      {},
      /it does not know 'taskToken'/
    ],
    [
      'a schema for shorter tokens',
      { type: 'object', properties: { taskToken: { maxLength: 900 } } },
      { SEAL_SECRET: '5ea1'.repeat(16) },
      /it does not take this value of taskToken/
    ]
  ]
  for (const [title, schema, env, said] of tokens)
    await t.test(`${title}: the token of a task is used at once`, async t => {
      await place.schema(schema)
      const id = randomUUID()
      const { executionArn } = sfn.scheduleActivity({ input: { id } })
      const { service, uri } = await place.ask(t, { id, activityArn, executionArn }, env)
      t.match(await answer(service, uri, { answer: 'FAIL' }), {
        status: 200,
        body: { data: { status: 'FAIL' }, stepfunction: { outcome: 'accepted' } }
      })
      t.match(await service.logged(/used at once/), { level: 40, err: { message: said } })
      t.match(await answer(service, uri, { answer: 'FAIL' }), {
        status: 200,
        body: { stepfunction: { outcome: 'already_applied' } }
      })
      t.match(await answer(service, uri, { answer: 'SUCCEED' }), { status: 409 })
      t.match(await call(`${service.url}/v1${uri}/stepfunction`, { user: 'alice' }), {
        body: { data: { state: 'failed', canAnswer: false } }
      })
      t.same(await service.service.stop(), [], 'and it is kept no longer')
      await place.schema({})
    })
})
