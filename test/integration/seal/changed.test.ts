import t from 'tap'
import { collection, stateMachineArn } from '../../helpers/service.ts'
import { everyBackend, needs, refusedFor, reviewers, startWorld } from './world.ts'

for (const backend of everyBackend) {
  t.test(
    `a question that was changed, ${backend}`,
    needs(backend, 'what becomes of a question that was changed'),
    async t => {
      const world = await startWorld(t, { backend, env: { ACTIVITY_WAIT_SECONDS: '0' } })
      const { sfn, at, wait, ask, patch, state, answer } = world
      const activityArn = sfn.createActivity()

      await t.test('each way to change it is named, and all of them put back are none', async t => {
        const asked = await wait({
          amount: 1,
          list: [1, { a: 1, b: 'x' }],
          openFields: ['note'],
          note: 'a'
        })
        const ways: [change: object, changed: string[]][] = [
          [{ subject: 'Other', extra: 0 }, ['extra', 'subject']],
          [{ subject: '' }, ['subject']],
          [{ subject: null }, ['subject']],
          [{ list: [1, { b: 'x', a: 2 }] }, ['list']],
          [{ list: [{ a: 1, b: 'x' }, 1] }, ['list']],
          [{ activityArn }, ['activityArn']],
          [{ openFields: ['note', 'subject'], subject: 'Other' }, ['openFields', 'subject']],
          [{ openFields: null }, ['openFields']],
          [{ executionArn: asked.executionArn }, ['executionArn']],
          [{ stateMachineArn: `${stateMachineArn}2` }, ['stateMachineArn']],
          [{ heartbeatSeconds: 1 }, ['heartbeatSeconds']],
          [{ schema: 'text' }, ['schema']],
          [{ amount: '1' }, ['amount']],
          [
            Object.fromEntries(
              Array.from({ length: 12 }, (_none, index) => [`f${index}`.padEnd(80, 'x'), 1])
            ),
            Array.from({ length: 12 }, (_none, index) => `f${index}`.padEnd(60, 'x'))
              .toSorted()
              .slice(0, 10)
          ],
          [
            {
              note: 'b',
              status: 'SUCCEED',
              answeredBy: 'account:bob',
              comment: 'yes',
              schema: 7,
              list: [1, { b: 'x', a: 1 }],
              amount: 1.0
            },
            []
          ]
        ]
        for (const [change, changed] of ways) {
          await patch(asked.uri, change)
          const label = JSON.stringify(change)
          t.match(
            await state(asked.uri),
            {
              state: 'pending',
              canAnswer: changed.length === 0,
              ...(changed.length > 0 && { obstacle: 'changed', changed })
            },
            label
          )
          if (changed.length > 0) t.match(await answer(asked.uri), refusedFor(...changed), label)
          t.match(
            (await state(asked.uri))['answeredBy'],
            undefined,
            "words that nothing proves are nobody's"
          )
          await at(asked.uri, { method: 'PUT', user: 'alice', body: { data: asked.data } })
        }
        t.match(await answer(asked.uri), { status: 200 })
        await patch(asked.uri, { subject: 'Other' })
        t.match(
          await state(asked.uri),
          { state: 'succeeded', proof: 'receipt', changed: ['subject'] },
          'and after it was decided'
        )
        t.match(await answer(asked.uri), {
          status: 200,
          body: { stepfunction: { outcome: 'already_applied' } }
        })
        t.match(await answer(asked.uri, 'FAIL', 'bob'), {
          status: 409,
          body: { details: { answer: 'SUCCEED', answeredBy: 'account:alice' } }
        })
      })

      await t.test("the token cleared, garbled, and put back from Kinto's history", async t => {
        const asked = await wait()
        const sealed: string = asked.data['taskToken']
        for (const taskToken of [
          '',
          null,
          'sealed:',
          'sealed:1:',
          `${sealed}A`,
          sealed.slice(0, -4),
          sealed.replace('sealed:1:', 'sealed:2:'),
          `${sealed.slice(0, 60)}AAAA${sealed.slice(64)}`,
          `${sealed} `
        ]) {
          await patch(asked.uri, { taskToken })
          t.match(
            await answer(asked.uri),
            { status: 400, body: { details: [{ name: 'taskToken' }] } },
            String(taskToken)
          )
          t.match(await state(asked.uri), { canAnswer: false }, String(taskToken))
        }
        const { body } = await at(
          `/buckets/stepfunction/history?uri=${asked.uri}&_sort=last_modified`,
          { user: 'workflow' }
        )
        await patch(asked.uri, { taskToken: body.data[0].target.data.taskToken })
        t.match(await answer(asked.uri), { status: 200 })
      })

      await t.test(
        'deleted and made anew under its id; an old version, when it was asked anew',
        async t => {
          const asked = await wait({ amount: 1 })
          await at(asked.uri, { method: 'DELETE' })
          t.match(await answer(asked.uri), { status: 403 })
          await at(asked.uri, {
            method: 'PUT',
            user: 'alice',
            body: { data: { ...asked.data, amount: 2 } }
          })
          t.match(await answer(asked.uri), refusedFor('amount'))
          await at(asked.uri, { method: 'PUT', user: 'alice', body: { data: asked.data } })
          sfn.expire(asked.taskToken)
          const { id } = asked.data
          const { taskToken, executionArn } = sfn.waitCallback()
          t.match(await ask({ id, subject: 'Next', taskToken, stateMachineArn }), { status: 200 })
          await at(asked.uri, { method: 'PUT', user: 'alice', body: { data: asked.data } })
          t.match(await answer(asked.uri), { status: 410 }, 'the old one is over')
          t.equal(sfn.execution(executionArn).status, 'RUNNING')
        }
      )

      await t.test(
        'what stood in clear once: refused where sealed questions are required',
        async t => {
          const strict = await world.another({ SEAL_REQUIRED: '/buckets/stepfunction' })
          const { taskToken, executionArn } = sfn.waitCallback()
          const id = '7a6bb3d2-0000-4000-8000-000000000001'
          const uri = `${collection}/records/${id}`
          await at(uri, {
            method: 'PUT',
            body: {
              data: { subject: 'In clear', taskToken, stateMachineArn },
              permissions: reviewers
            }
          })
          t.match(await answer(uri, 'SUCCEED', 'alice', strict), {
            status: 400,
            body: { details: [{ name: 'taskToken' }] }
          })
          t.match(
            await ask({ id, subject: 'Asked', taskToken, stateMachineArn }, { service: strict }),
            { status: 200 }
          )
          await patch(uri, { subject: 'Other', taskToken })
          t.match(await answer(uri, 'SUCCEED', 'alice', strict), {
            status: 400,
            body: { details: [{ name: 'taskToken' }] }
          })
          t.match(await state(uri, 'alice', strict), { canAnswer: false })
          await patch(uri, { activityArn, taskToken: '' })
          t.match(await answer(uri, 'SUCCEED', 'alice', strict), {
            status: 400,
            body: { details: [{ name: 'taskToken' }] }
          })
          t.equal(sfn.callsOf('GetActivityTask').length, 0)
          t.equal(sfn.execution(executionArn).status, 'RUNNING')
        }
      )
    }
  )
}
