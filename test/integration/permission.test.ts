import t from 'tap'
import { needsParts, realKinto } from '../helpers/real.ts'
import {
  answer,
  as,
  call,
  startService,
  type Called,
  type TestService
} from '../helpers/service.ts'
import { startStepFunctions, type StepFunctionsEndpoint } from '../helpers/step-functions.ts'

// A bucket for each row, so that one Kinto serves them all.
const rows = Array.from({ length: 40 }, (_none, row) => `/buckets/b${row}`)
const everybody = [
  'owner',
  'named',
  'member',
  'inherits',
  'top',
  'reader',
  'creator',
  'other',
  'stranger',
  'listed'
]

interface Place {
  kinto: { url: string }
  sfn: StepFunctionsEndpoint
  service: TestService
}

async function start(
  t: Parameters<typeof startStepFunctions>[0] & Parameters<typeof startService>[0],
  settings: Record<string, string>
): Promise<Place> {
  const [kinto, sfn] = await Promise.all([realKinto(t, { settings }), startStepFunctions(t)])
  await Promise.all(
    everybody.map(user => put(kinto, `/accounts/${user}`, { data: { password: 'secret' } }))
  )
  return { kinto, sfn, service: await startService(t, kinto, sfn, { RESOURCES: rows.join(' ') }) }
}

async function put(
  kinto: { url: string },
  path: string,
  body: object,
  user?: string
): Promise<Called> {
  const reply = await call(`${kinto.url}/v1${path}`, {
    method: 'PUT',
    body,
    ...(user === undefined ? {} : { user })
  })
  if (reply.status > 201) throw new Error(`${path}: ${reply.status} ${reply.text}`)
  return reply
}

/** A bucket and a collection of `owner`, with these permissions. @returns the collection */
async function prepare(
  { kinto }: Place,
  row: number,
  permissions: { bucket?: object; collection?: object } = {}
): Promise<string> {
  const bucket = rows[row] ?? ''
  await put(
    kinto,
    bucket,
    {
      permissions: JSON.parse(JSON.stringify(permissions.bucket ?? {}).replaceAll('BUCKET', bucket))
    },
    'owner'
  )
  await put(kinto, `${bucket}/groups/reviewers`, { data: { members: ['account:member'] } }, 'owner')
  await put(
    kinto,
    `${bucket}/collections/c`,
    {
      permissions: JSON.parse(
        JSON.stringify(permissions.collection ?? {}).replaceAll('BUCKET', bucket)
      )
    },
    'owner'
  )
  return `${bucket}/collections/c`
}

const anonymous = undefined
const group = 'BUCKET/groups/reviewers'

const writers: [
  title: string,
  user: string | undefined,
  settings: Record<string, string>,
  permissions: { bucket?: object; collection?: object; record?: object }
][] = [
  ["the record's creator", 'owner', {}, {}],
  ['named by the record', 'named', {}, { record: { write: ['account:named'] } }],
  ['in a group that the record names', 'member', {}, { record: { write: [group] } }],
  [
    'system.Authenticated on the record',
    'stranger',
    {},
    { record: { write: ['system.Authenticated'] } }
  ],
  ['system.Everyone on the record', anonymous, {}, { record: { write: ['system.Everyone'] } }],
  [
    'system.Everyone on the collection',
    anonymous,
    {},
    { collection: { write: ['system.Everyone'] } }
  ],
  ['write on the collection', 'inherits', {}, { collection: { write: ['account:inherits'] } }],
  ['write on the bucket', 'top', {}, { bucket: { write: ['account:top'] } }],
  ['in a group with write on the collection', 'member', {}, { collection: { write: [group] } }],
  [
    'kinto.record_write_principals',
    'listed',
    { 'kinto.record_write_principals': 'account:listed' },
    {}
  ],
  [
    'explicit_permissions = false: the owner of the parent',
    'owner',
    { 'kinto.explicit_permissions': 'false', 'kinto.bucket_write_principals': 'account:owner' },
    { bucket: { write: ['account:owner'] } }
  ]
]

const readers = { read: ['account:reader'] }
const others: [
  title: string,
  user: string | undefined,
  permissions: { bucket?: object; collection?: object; record?: object },
  record?: string
][] = [
  ['anonymous', anonymous, {}],
  ['anonymous, and everybody may read', anonymous, { record: { read: ['system.Everyone'] } }],
  [
    'anonymous, and everybody may read the collection',
    anonymous,
    { collection: { read: ['system.Everyone'] } }
  ],
  ['a stranger', 'stranger', {}],
  ['who may read the record', 'reader', { record: readers }],
  ['who may read the collection', 'reader', { collection: readers }],
  ['who may read the bucket', 'reader', { bucket: readers }],
  ['who may create records', 'creator', { collection: { 'record:create': ['account:creator'] } }],
  [
    'who may create collections',
    'creator',
    { bucket: { 'collection:create': ['account:creator'] } }
  ],
  ['who may write another record', 'other', {}],
  ['a missing record, for a reader', 'reader', { collection: readers }, 'none'],
  ['a missing record, for a stranger', 'stranger', {}, 'none'],
  ['an illegal id', 'reader', { collection: readers }, '-x'],
  ['a wrong password', 'wrong', {}]
]

t.test('every writer is heard', needsParts('who may answer, on a real Kinto'), async t => {
  const places = new Map<string, Place>()
  for (const [row, [title, user, settings, permissions]] of writers.entries()) {
    await t.test(title, async test => {
      const key = JSON.stringify(settings)
      const place = places.get(key) ?? (await start(t, settings))
      places.set(key, place)
      const collection = await prepare(place, row, permissions)
      const { taskToken, executionArn } = place.sfn.waitCallback()
      const shared = JSON.parse(
        JSON.stringify(permissions.record ?? {}).replaceAll('BUCKET', rows[row] ?? '')
      )
      await put(
        place.kinto,
        `${collection}/records/r1`,
        { data: { taskToken }, permissions: shared },
        'owner'
      )
      const principal = user === undefined ? 'system.Everyone' : `account:${user}`
      const reply = await call(`${place.service.url}/v1${collection}/records/r1/stepfunction`, {
        method: 'POST',
        body: { answer: 'SUCCEED' },
        ...(user === undefined ? {} : { user })
      })
      test.match(
        { status: reply.status, body: reply.body },
        {
          status: 200,
          body: {
            data: { status: 'SUCCEED', answeredBy: principal },
            stepfunction: { outcome: 'accepted', answeredBy: principal }
          }
        }
      )
      test.equal(place.sfn.execution(executionArn).status, 'SUCCEEDED')
    })
  }
})

t.test(
  "everybody else gets Kinto's own answer, and Step Functions hears nothing",
  needsParts('who may not answer, on a real Kinto'),
  async t => {
    const place = await start(t, {})
    for (const [row, [title, user, permissions, record = 'r1']] of others.entries()) {
      await t.test(title, async t => {
        const collection = await prepare(place, row, permissions)
        const { taskToken } = place.sfn.waitCallback()
        await put(
          place.kinto,
          `${collection}/records/r1`,
          { data: { taskToken }, permissions: permissions.record ?? {} },
          'owner'
        )
        await put(
          place.kinto,
          `${collection}/records/r2`,
          { permissions: { write: ['account:other'] } },
          'owner'
        )
        const path = `/v1${collection}/records/${record}`
        const credentials = user === undefined ? {} : { user }
        const read = await call(place.kinto.url + path, credentials)
        const expected =
          read.status === 200
            ? await call(place.kinto.url + path, {
                method: 'PATCH',
                body: { data: {} },
                ...credentials
              })
            : read
        const reply = await call(`${place.service.url}${path}/stepfunction`, {
          method: 'POST',
          body: { answer: 'SUCCEED' },
          ...credentials
        })
        t.ok([400, 401, 403, 404].includes(expected.status), String(expected.status))
        t.same(
          [reply.status, reply.text, reply.headers.get('www-authenticate')],
          [expected.status, expected.text, expected.headers.get('www-authenticate')]
        )
        t.equal(place.sfn.calls.length, 0)
      })
    }
  }
)

t.test(
  'with an own account, an inherited right does not become a lasting one',
  needsParts('what the own account is for'),
  async t => {
    const place = await start(t, {})
    const collection = await prepare(place, 0, {
      collection: { write: ['account:inherits', 'account:listed'] }
    })
    const own = await startService(t, place.kinto, place.sfn, {
      RESOURCES: '/buckets/b0',
      KINTO_AUTHORIZATION: as('listed')
    })
    for (const [id, service, kept] of [
      ['r1', own, false],
      ['r2', place.service, true]
    ] as const) {
      const { taskToken } = place.sfn.waitCallback()
      await put(place.kinto, `${collection}/records/${id}`, { data: { taskToken } }, 'owner')
      t.match(
        await answer(service, `${collection}/records/${id}`, { answer: 'FAIL' }, 'inherits'),
        { status: 200, body: { data: { answeredBy: 'account:inherits' } } }
      )
      const { body } = await call(`${place.kinto.url}/v1${collection}/records/${id}`, {
        user: 'owner'
      })
      t.equal(body.permissions.write.includes('account:inherits'), kept)
    }
    t.notOk(own.log.some(({ msg }) => String(msg).includes('refused the account')))
  }
)
