import t, { type Test } from 'tap'
import { call, collection, stateMachineArn } from '../../helpers/service.ts'
import { put } from '../stage.ts'
import { upload, withAttachments } from './attachments.ts'
import { everyBackend, needs, newRecord, startWorld, type Asked, type World } from './world.ts'

const seenInA412 =
  "who may create records alone sees a record in Kinto's 412, and its token is of no use to them"

for (const backend of everyBackend) {
  t.test(
    `alice takes the token of bob's record, ${backend}`,
    needs(backend, 'what a token is of use for elsewhere'),
    async t => {
      const world = await startWorld(t, {
        backend,
        settings: withAttachments(t.testdir({})),
        env: { RESOURCES: '/buckets/stepfunction /buckets/other /buckets/default' }
      })
      const { at, wait, answer, sfn } = world
      await at('/buckets/other', { method: 'PUT', user: 'alice' })
      await at('/buckets/other/collections/steps', { method: 'PUT', user: 'alice' })
      await at('/buckets/stepfunction/collections/others', {
        method: 'PUT',
        body: { permissions: { 'record:create': ['account:alice'] } }
      })
      const bobs = async (): Promise<Asked> =>
        await wait(
          { amount: 1 },
          { permissions: { read: ['account:alice'], write: ['account:bob'] } }
        )

      await t.test('into a record of her own, by whichever way', async t => {
        const ways: [
          name: string,
          move: (uri: string, data: Record<string, unknown>) => Promise<unknown>
        ][] = [
          [
            'PUT',
            async (uri, data) => await at(uri, { method: 'PUT', user: 'alice', body: { data } })
          ],
          ['PATCH', async (uri, data) => await world.patch(uri, data)],
          [
            'JSON patch',
            async (uri, data) =>
              await at(uri, {
                method: 'PATCH',
                user: 'alice',
                headers: { 'content-type': 'application/json-patch+json' },
                body: Object.entries(data).map(([name, value]) => ({
                  op: 'add',
                  path: `/data/${name}`,
                  value
                }))
              })
          ],
          [
            'a redirect in a batch',
            async (uri, data) =>
              await call(`${world.service.url}/v1/batch`, {
                method: 'POST',
                user: 'alice',
                body: {
                  requests: [{ method: 'PATCH', path: `/v1?/v1${uri.slice(1)}`, body: { data } }]
                }
              })
          ],
          [
            'a batch',
            async (uri, data) =>
              await call(`${world.service.url}/v1/batch`, {
                method: 'POST',
                user: 'alice',
                body: { defaults: { path: uri, body: { data } }, requests: [{ method: 'PATCH' }] }
              })
          ],
          ['an upload', async (uri, data) => await upload(world, uri, data)]
        ]
        for (const [name, move] of ways) {
          const asked = await bobs()
          const { uri } = newRecord()
          await at(uri, { method: 'PUT', user: 'alice', body: { data: { subject: 'Mine' } } })
          await move(uri, await taken(world, asked))
          t.equal(
            (await at(uri)).body.data.taskToken,
            asked.data['taskToken'],
            `${name}: it is there`
          )
          await refused(t, world, uri, asked, name)
        }
      })

      await t.test('into another collection and another bucket, under the same id', async t => {
        const asked = await bobs()
        for (const place of [
          '/buckets/stepfunction/collections/others',
          '/buckets/other/collections/steps',
          '/buckets/default/collections/steps'
        ]) {
          const uri = asked.uri.replace(collection, place)
          t.match(
            await at(uri, {
              method: 'PUT',
              user: 'alice',
              body: { data: await taken(world, asked) }
            }),
            { status: 201 }
          )
          await refused(t, world, uri, asked, place)
        }
      })

      await t.test(seenInA412, async t => {
        const asked = await bobs()
        const seen = await at(asked.uri, {
          method: 'PUT',
          user: 'creator',
          headers: { 'if-none-match': '*' },
          body: { data: {} }
        })
        const { taskToken } = seen.body.details.existing
        t.equal(taskToken, asked.data['taskToken'])
        const { uri } = newRecord()
        await put(
          world.kinto,
          uri,
          { data: { ...asked.question, id: undefined, taskToken } },
          'creator'
        )
        t.match(await answer(uri, 'SUCCEED', 'creator'), {
          status: 400,
          body: { details: [{ name: 'taskToken' }] }
        })
        t.match(
          await world.ask({ subject: 'Mine', taskToken, stateMachineArn }, { user: 'creator' }),
          { status: 400, body: { details: [{ name: 'taskToken' }] } }
        )
        t.equal(sfn.execution(asked.executionArn).status, 'RUNNING')
      })
    }
  )
}

/** What alice reads in bob's record, to write it into one of hers. */
async function taken({ at }: World, { uri }: Asked): Promise<Record<string, unknown>> {
  const { id: _id, last_modified: _version, ...data } = (await at(uri, { user: 'alice' })).body.data
  return data
}

async function refused(
  t: Test,
  { answer, state, sfn }: World,
  uri: string,
  { executionArn }: Asked,
  how: string
): Promise<void> {
  t.match(await state(uri), { canAnswer: false, obstacle: 'record' }, how)
  t.match(
    await answer(uri),
    { status: 400, body: { errno: 107, details: [{ name: 'taskToken' }] } },
    how
  )
  t.equal(sfn.execution(executionArn).status, 'RUNNING', how)
}
