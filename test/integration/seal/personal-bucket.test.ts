import t from 'tap'
import { call, stateMachineArn } from '../../helpers/service.ts'
import { everyBackend, needs, startWorld } from './world.ts'

for (const backend of everyBackend) {
  t.test(
    `sealed questions in a personal bucket, ${backend}`,
    needs(backend, 'sealed questions in a personal bucket'),
    async t => {
      const world = await startWorld(t, { backend })
      const { at, answer, sfn } = world

      await t.test('a personal bucket by `default` and by its real name', async t => {
        const { body } = await call(`${world.kinto.url}/v1/`, { user: 'workflow' })
        const real = `/buckets/${body.user.bucket}/collections/steps`
        const service = await world.another({
          RESOURCES: `/buckets/default /buckets/${body.user.bucket}`
        })
        const { taskToken, executionArn } = sfn.waitCallback()
        const reply = await world.ask(
          { subject: 'Mine', taskToken, stateMachineArn },
          { of: '/buckets/default/collections/steps', service }
        )
        t.match(reply, { status: 201, body: { stepfunction: { answer: new RegExp(real) } } })
        const { id } = reply.body.data
        const hers = `/buckets/default/collections/steps/records/${id}`
        await at(hers, { method: 'PUT', user: 'alice', body: { data: reply.body.data } })
        t.match(await answer(hers, 'SUCCEED', 'alice', service), {
          status: 400,
          body: { details: [{ name: 'taskToken' }] }
        })
        t.match(await world.state(hers, 'workflow', service), { canAnswer: true })
        t.match(await world.state(`${real}/records/${id}`, 'workflow', service), {
          canAnswer: true
        })
        t.match(await answer(`${real}/records/${id}`, 'SUCCEED', 'workflow', service), {
          status: 200
        })
        t.match(await answer(hers, 'SUCCEED', 'workflow', service), {
          status: 200,
          body: { stepfunction: { outcome: 'already_applied' } }
        })
        t.equal(sfn.execution(executionArn).status, 'SUCCEEDED')
      })
    }
  )
}
