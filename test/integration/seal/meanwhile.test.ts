import t from 'tap'
import { activityArn } from '../../helpers/service.ts'
import { everyBackend, needs, newRecord, startWorld, type World } from './world.ts'

for (const backend of everyBackend) {
  t.test(
    `a question that is changed while it is answered, ${backend}`,
    needs(backend, 'a question that is changed while it is answered'),
    async t => {
      const world = await startWorld(t, { backend, env: { ACTIVITY_WAIT_SECONDS: '10' } })
      const { sfn, wait, ask, patch, at, read, answer } = world
      sfn.createActivity()

      await t.test("before each of the service's requests to Kinto", async t => {
        const outcomes: [status: number, execution: string][] = []
        for (let n = 1; n <= 3; n++) {
          const asked = await wait()
          onRequest(world, asked.uri, n, async () => {
            await patch(asked.uri, { subject: 'Other' })
          })
          const reply = await answer(asked.uri)
          outcomes.push([reply.status, sfn.execution(asked.executionArn).status])
          if (reply.status === 409) t.match(reply.body.details, { changed: ['subject'] })
          else
            t.match(
              await read(asked.uri),
              { subject: 'Other', status: 'SUCCEED', answeredBy: 'account:alice' },
              'what was taken is recorded'
            )
        }
        t.strictSame(
          outcomes.filter(
            ([status, execution]) => (status === 200) !== (execution === 'SUCCEEDED')
          ),
          [],
          'everybody is told the truth'
        )
        t.strictSame(
          outcomes[0],
          [409, 'RUNNING'],
          'no answer is taken for a question that was changed before it was read'
        )
      })

      await t.test('and put back before each', async t => {
        for (let n = 1; n <= 3; n++) {
          const asked = await wait()
          await patch(asked.uri, { subject: 'Other' })
          onRequest(world, asked.uri, n, async () => {
            await patch(asked.uri, { subject: 'Sign off?' })
          })
          const reply = await answer(asked.uri)
          t.equal(reply.status === 200, sfn.execution(asked.executionArn).status === 'SUCCEEDED')
        }
      })

      await t.test('while the token of its task is saved', async t => {
        const { id, uri } = newRecord()
        await ask({ id, subject: 'Which?', activityArn })
        const { executionArn } = sfn.scheduleActivity({ input: { posted: { data: { id } } } })
        world.proxy.before = async ({ method, body }) => {
          if (method !== 'PATCH' || !body.includes('sealed:')) return undefined
          world.proxy.before = () => undefined
          await patch(uri, { subject: 'Other' })
          return undefined
        }
        t.match(await answer(uri), { status: 409, body: { details: { changed: ['subject'] } } })
        t.equal(sfn.execution(executionArn).status, 'RUNNING')
        await patch(uri, { subject: 'Which?' })
        t.match(await answer(uri), { status: 200 }, 'its token was saved')
      })

      await t.test(
        'the seal taken out before its task comes: ' +
          'where sealed questions are required nothing is answered',
        async t => {
          const strict = await world.another({
            SEAL_REQUIRED: '/buckets/stepfunction',
            ACTIVITY_WAIT_SECONDS: '2'
          })
          const { id, uri } = newRecord()
          t.match(await ask({ id, subject: 'Which?', activityArn }, { service: strict }), {
            status: 201
          })
          const { taskToken } = await read(uri)
          onRequest(world, uri, 3, async () => {
            await patch(uri, { subject: 'Other', taskToken: '' })
            sfn.scheduleActivity({ input: { posted: { data: { id } } } })
          })
          t.match(await answer(uri, 'SUCCEED', 'bob', strict), {
            status: 400,
            body: { details: [{ name: 'taskToken' }] }
          })
          t.notOk((await read(uri))['taskToken'])
          await at(uri, { method: 'PATCH', body: { data: { subject: 'Which?', taskToken } } })
          t.match(
            await answer(uri, 'SUCCEED', 'bob', strict),
            { status: 200, body: { stepfunction: { outcome: 'accepted' } } },
            'and its task was kept'
          )
        }
      )
    }
  )
}

/** Does something before the service's nth request for this record, counted from now. */
function onRequest({ proxy }: World, uri: string, n: number, act: () => Promise<void>): void {
  let count = 0
  proxy.before = async ({ url }) => {
    if (url.includes(uri) && ++count === n) await act()
    return undefined
  }
}
