import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import { startKinto, type KintoHandler } from '../helpers/kinto.ts'
import { startKintoProxy } from '../helpers/kinto-proxy.ts'
import { needsPostgres, realDatabase, realKinto } from '../helpers/real.ts'
import {
  activityArn,
  answer,
  as,
  call,
  collection,
  startService,
  stateMachineArn
} from '../helpers/service.ts'
import { startStepFunctions } from '../helpers/step-functions.ts'
import { put } from './stage.ts'

t.setTimeout(180_000)

const settings = { 'kinto.experimental_collection_schema_validation': 'true' }
const question = {
  type: 'object',
  properties: { subject: {}, stateMachineArn: {}, executionArn: {}, activityArn: {} },
  additionalProperties: false
}
const withToken = { ...question, properties: { ...question.properties, taskToken: {} } }

/**
 * A Kinto that the service reaches through a proxy, which can lead to others that stand on the same
 * database.
 */
async function startPlace(t: Test) {
  const database = await realDatabase()
  const kinto = await realKinto(t, { database, settings })
  const readOnly = await realKinto(t, { database, settings: { 'kinto.readonly': 'true' } })
  const way = { url: kinto.url }
  const [proxy, sfn] = await Promise.all([
    startKintoProxy(t, way),
    startStepFunctions(t, { pollMs: 300 })
  ])
  sfn.createActivity()
  for (const user of ['owner', 'workflow', 'alice'])
    await put(kinto, `/accounts/${user}`, { data: { password: 'secret' } })
  await put(kinto, '/buckets/stepfunction', {}, 'owner')
  const write = ['account:workflow', 'account:alice']
  await put(kinto, collection, { permissions: { write } }, 'owner')
  const own = async (uri: string, body: object, method = 'PATCH'): Promise<void> => {
    const { status, text } = await call(`${kinto.url}/v1${uri}`, { method, user: 'owner', body })
    if (status > 299) throw new Error(`${uri}: ${status} ${text}`)
  }
  return {
    kinto,
    proxy,
    sfn,
    /** Requests of the service go there, until it is called again. */
    async lead(to: 'back' | 'read-only' | KintoHandler): Promise<void> {
      const other = to === 'read-only' ? readOnly : kinto
      way.url = typeof to === 'function' ? (await startKinto(t, to)).url : other.url
    },
    schema: async (schema: object): Promise<void> => await own(collection, { data: { schema } }),
    /** Lets these, and the owner, write a collection or a record. */
    write: async (uri: string, ...users: string[]): Promise<void> =>
      await own(uri, {
        permissions: { write: ['owner', ...users].map(user => `account:${user}`) }
      }),
    remove: async (uri: string): Promise<void> => await own(uri, {}, 'DELETE'),
    read: async (uri: string): Promise<Record<string, unknown>> =>
      (await call(`${kinto.url}/v1${uri}`, { user: 'owner' })).body.data,
    /** A service of its own, and a question that was asked there. */
    async ask(t: Test, step: Partial<Record<Field, string>>, env: Record<string, string> = {}) {
      const service = await startService(t, proxy, sfn, {
        KINTO_AUTHORIZATION: as('workflow'),
        ACTIVITY_WAIT_SECONDS: '2',
        ...env
      })
      const { id = randomUUID() } = step
      const asked = await call(`${service.url}/v1${collection}/stepfunction`, {
        method: 'POST',
        user: 'workflow',
        body: { data: { subject: 'Sign off?', stateMachineArn, ...step, id } }
      })
      if (asked.status !== 201) throw new Error(asked.text)
      return { service, uri: `${collection}/records/${id}` }
    }
  }
}

type Field = 'id' | 'activityArn' | 'executionArn' | 'taskToken'
type Place = Awaited<ReturnType<typeof startPlace>>

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
