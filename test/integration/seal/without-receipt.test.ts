import t from 'tap'
import { collection, stateMachineArn } from '../../helpers/service.ts'
import { everyBackend, needs, reviewers, startWorld } from './world.ts'

const strict = {
  type: 'object',
  additionalProperties: false,
  properties: Object.fromEntries(
    [
      'subject',
      'taskToken',
      'stateMachineArn',
      'executionArn',
      'status',
      'answeredBy',
      'answeredAt',
      'comment',
      'schema'
    ].map(name => [name, {}])
  )
}

for (const backend of everyBackend) {
  t.test(
    `decisions without a receipt, ${backend}`,
    needs(backend, 'what tells a decision without a receipt'),
    async t => {
      const world = await startWorld(t, {
        backend,
        settings: { 'kinto.experimental_collection_schema_validation': 'true' }
      })
      const { sfn, wait, answer, state, patch, at, another } = world

      await t.test(
        'a schema that refuses receipts: the decision is written, and the history or nothing tells',
        async t => {
          const asked = await wait({}, { withExecution: true })
          const unnamed = await wait()
          await at(collection, { method: 'PATCH', body: { data: { schema: strict } } })
          for (const { uri } of [asked, unnamed]) {
            t.match(await answer(uri), {
              status: 200,
              body: {
                data: { status: 'SUCCEED', answeredBy: 'account:alice', answerReceipt: undefined }
              }
            })
            t.match(await answer(uri), {
              status: 200,
              body: { stepfunction: { outcome: 'already_applied' } }
            })
          }
          const stranger = await another()
          t.match(await answer(asked.uri, 'SUCCEED', 'bob', stranger), {
            status: 200,
            body: { stepfunction: { outcome: 'already_applied', answeredBy: 'account:alice' } }
          })
          t.match(await answer(asked.uri, 'FAIL', 'bob', stranger), {
            status: 409,
            body: { details: { answer: 'SUCCEED' } }
          })
          t.match(await state(asked.uri, 'bob', stranger), {
            state: 'succeeded',
            proof: 'history',
            answeredBy: 'account:alice'
          })
          t.match(await answer(unnamed.uri, 'FAIL', 'bob', stranger), { status: 410 })
          t.match(await state(unnamed.uri, 'bob', stranger), {
            state: 'gone',
            canAnswer: false,
            answeredBy: undefined
          })
          await at(collection, { method: 'PATCH', body: { data: { schema: null } } })
        }
      )

      await t.test('decisions of before the secret', async t => {
        const plain = await another({ SEAL_SECRET: '' })
        const { taskToken } = sfn.waitCallback()
        const { body } = await world.ask(
          { subject: 'Before', taskToken, stateMachineArn },
          { service: plain }
        )
        const uri = `${collection}/records/${body.data.id}`
        t.equal(body.data.taskToken, taskToken)
        t.match(await answer(uri, 'SUCCEED', 'alice', plain), {
          status: 200,
          body: { data: { answerReceipt: undefined } }
        })
        const stranger = await another()
        t.match(await state(uri, 'bob', stranger), {
          state: 'succeeded',
          proof: 'record',
          answeredBy: 'account:alice'
        })
        t.match(await answer(uri, 'SUCCEED', 'bob', stranger), {
          status: 200,
          body: { stepfunction: { outcome: 'already_applied' } }
        })
        t.match(await answer(uri, 'FAIL', 'bob', stranger), { status: 409 })
      })

      await t.test('alice repeats her answer when the question was changed', async t => {
        const asked = await wait({}, { permissions: reviewers, withExecution: true })
        await answer(asked.uri)
        await patch(asked.uri, { subject: 'Other' }, 'bob')
        for (const service of [world.service, await another()]) {
          t.match(await answer(asked.uri, 'SUCCEED', 'alice', service), {
            status: 200,
            body: { stepfunction: { outcome: 'already_applied' } }
          })
          t.match(await state(asked.uri, 'alice', service), {
            state: 'succeeded',
            changed: ['subject']
          })
        }
        await patch(asked.uri, { answerReceipt: '' }, 'bob')
        t.match(
          await answer(asked.uri, 'SUCCEED', 'alice', await another()),
          { status: 200, body: { stepfunction: { outcome: 'already_applied' } } },
          'and by the history'
        )
      })
    }
  )
}
