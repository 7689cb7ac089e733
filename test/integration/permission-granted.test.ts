import t from 'tap'
import { needsParts } from '../helpers/real.ts'
import { call } from '../helpers/service.ts'
import { anonymous, group, inRow, prepare, startPlace } from './permission-place.ts'
import type { Permissions, Place } from './permission-place.ts'
import { put } from './stage.ts'

const writers: [
  title: string,
  user: string | undefined,
  settings: Record<string, string>,
  permissions: Permissions
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

t.test('every writer is heard', needsParts('who may answer, on a real Kinto'), async t => {
  const places = new Map<string, Place>()
  for (const [row, [title, user, settings, permissions]] of writers.entries()) {
    await t.test(title, async test => {
      const key = JSON.stringify(settings)
      const place = places.get(key) ?? (await startPlace(t, settings))
      places.set(key, place)
      const collection = await prepare(place, row, permissions)
      const { taskToken, executionArn } = place.sfn.waitCallback()
      await put(
        place.kinto,
        `${collection}/records/r1`,
        { data: { taskToken }, permissions: inRow(row, permissions.record) },
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
