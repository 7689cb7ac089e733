import t from 'tap'
import { stateMachineArn } from '../../helpers/service.ts'
import { everyBackend, needs, newRecord, reviewers, startWorld } from './world.ts'

for (const backend of everyBackend) {
  t.test(
    `asking where a record stands that is not sealed, ${backend}`,
    needs(backend, 'what becomes of a question whose record is not sealed'),
    async t => {
      const { sfn, ask, wait, patch, at, answer } = await startWorld(t, { backend })

      await t.test('no seal that opens, under the id made from this token', async t => {
        for (const taskToken of ['', 'sealed:1:x', (await wait()).data['taskToken']]) {
          const asked = await wait()
          await patch(asked.uri, { taskToken })
          t.match(await ask({ ...asked.question, taskToken: asked.taskToken }), {
            status: 200,
            body: { data: { subject: 'Sign off?', taskToken: /^sealed:1:/ } }
          })
          t.match(await answer(asked.uri), { status: 200 })
          t.equal(sfn.execution(asked.executionArn).status, 'SUCCEEDED')
        }
      })

      await t.test(
        'this token, in clear: sealed from what is asked now; decided: as it is',
        async t => {
          const { id, uri } = newRecord()
          const { taskToken } = sfn.waitCallback()
          await at(uri, {
            method: 'PUT',
            body: {
              data: { subject: 'In clear', taskToken, stateMachineArn },
              permissions: { read: ['system.Everyone'] }
            }
          })
          t.match(await ask({ id, subject: 'Asked', taskToken, stateMachineArn }), {
            status: 200,
            body: {
              data: { subject: 'Asked', taskToken: /^sealed:1:/ },
              permissions: { read: undefined }
            }
          })
          const decided = newRecord()
          const clear = {
            subject: 'In clear',
            taskToken: sfn.waitCallback().taskToken,
            stateMachineArn
          }
          await at(decided.uri, { method: 'PUT', body: { data: clear, permissions: reviewers } })
          t.match(await answer(decided.uri), { status: 200 })
          t.match(await ask({ id: decided.id, ...clear, subject: 'Asked' }), {
            status: 200,
            body: { data: clear }
          })
        }
      )
    }
  )
}
