import t from 'tap'
import { needsParts } from '../helpers/real.ts'
import { answer, as, call, startService } from '../helpers/service.ts'
import { anonymous, prepare, startPlace, type Permissions } from './permission-place.ts'
import { put } from './stage.ts'

const readers = { read: ['account:reader'] }
const others: [
  title: string,
  user: string | undefined,
  permissions: Permissions,
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

t.test(
  "everybody else gets Kinto's own answer, and Step Functions hears nothing",
  needsParts('who may not answer, on a real Kinto'),
  async t => {
    const place = await startPlace(t)
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
    const place = await startPlace(t)
    const collection = await prepare(place, 0, {
      collection: { write: ['account:inherits', 'account:listed'] }
    })
    const withAccount = await startService(t, place.kinto, place.sfn, {
      RESOURCES: '/buckets/b0',
      KINTO_AUTHORIZATION: as('listed')
    })
    for (const [id, service, kept] of [
      ['r1', withAccount, false],
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
    t.notOk(withAccount.log.some(({ msg }) => String(msg).includes('refused the account')))
  }
)
