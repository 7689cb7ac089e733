import t from 'tap'
import { stateMachineArn } from '../../helpers/service.ts'
import { everyBackend, needs, newRecord, startWorld } from './world.ts'

for (const backend of everyBackend) {
  t.test(
    `asking where something stands already, ${backend}`,
    needs(backend, 'what becomes of a question whose record is there already'),
    async t => {
      const world = await startWorld(t, { backend })
      const { sfn, ask, wait, patch, read, at, answer, state } = world
      const again = async (
        { question, taskToken }: { question: object; taskToken: string },
        fields: object = {}
      ) => await ask({ ...question, ...fields, taskToken })

      await t.test(
        'this token: as it was sealed, decided, changed, put back, asked otherwise',
        async t => {
          const asked = await wait({ amount: 1000, openFields: ['note'], note: 'first' })
          t.match(await again(asked), {
            status: 200,
            body: { data: asked.data, stepfunction: { answer: `/v1${asked.uri}/stepfunction` } }
          })
          t.match(
            await again(asked, { amount: 5 }),
            { status: 200, body: { data: { amount: 1000, taskToken: asked.data['taskToken'] } } },
            'one token has one question'
          )
          await patch(asked.uri, { amount: 5, note: 'second', extra: 1, status: 'SUCCEED' })
          t.match(await again(asked, { amount: 6 }), {
            status: 409,
            body: { errno: 122, details: { changed: ['amount', 'extra'] } }
          })
          t.strictSame((await again(asked)).body.data.extra, undefined)
          const { last_modified: _version, ...put } = await read(asked.uri)
          const { last_modified: _asked, ...first } = asked.data
          t.strictSame(put, { ...first, note: 'second' }, 'put back, but for its open field')
          t.strictSame(
            (await at(asked.uri)).body.permissions.write.toSorted(),
            ['account:alice', 'account:bob', 'account:workflow'],
            'nor are its permissions touched'
          )
          t.match(await answer(asked.uri), { status: 200 })
          await patch(asked.uri, { amount: 7 })
          t.match(
            await again(asked, { amount: 8 }),
            { status: 200, body: { data: { amount: 7, status: 'SUCCEED' } } },
            'decided'
          )
        }
      )

      await t.test(
        'without a token: the same question, changed since, another one; ' +
          'answered, or one that waits',
        async t => {
          const { id, uri } = newRecord()
          const activityArn = sfn.createActivity()
          const question = { id, subject: 'Which?', activityArn }
          t.match(await ask(question), { status: 201, body: { data: { taskToken: /^sealed:1:/ } } })
          const first = await read(uri)
          t.match(await ask(question), { status: 200, body: { data: first } })
          await patch(uri, { subject: 'That!' })
          t.match(await ask(question), {
            status: 200,
            body: { data: { subject: 'Which?', taskToken: first['taskToken'] } }
          })
          sfn.scheduleActivity({ input: { posted: { data: { id } } } })
          const answered = answer(uri)
          t.match(await answered, { status: 200, body: { stepfunction: { outcome: 'accepted' } } })
          t.match(
            await ask({ ...question, subject: 'Other' }),
            { status: 409, body: { message: /another id/ } },
            'answered'
          )
          t.match(await ask(question), { status: 200, body: { data: { status: 'SUCCEED' } } })
        }
      )

      await t.test('a key that is not here', async t => {
        const asked = await wait()
        const other = await world.another({ SEAL_SECRET: '07'.repeat(32) })
        t.match(await ask({ ...asked.question, taskToken: asked.taskToken }, { service: other }), {
          status: 503
        })
        t.strictSame(await read(asked.uri), asked.data, 'nothing was written')
      })

      await t.test(
        'another token: one that waits, one whose step is over, one that cannot be known',
        async t => {
          const { id, uri } = newRecord()
          const old = await wait({ old: true }, { id })
          const { taskToken, executionArn } = sfn.waitCallback()
          const next = { id, subject: 'Next', taskToken, stateMachineArn }
          t.match(await ask(next), { status: 409, body: { errno: 122, message: /still waits/ } })
          const heal = sfn.fault('SendTaskHeartbeat', 'AccessDeniedException', () => true)
          t.match(await ask(next), { status: 503 })
          heal()
          sfn.expire(old.taskToken)
          await patch(uri, { status: 'SUCCEED', more: 1 })
          t.match(await ask(next, { permissions: { read: ['account:bob'] } }), {
            status: 200,
            body: {
              data: { subject: 'Next' },
              permissions: { read: ['account:bob'], write: ['account:workflow'] }
            }
          })
          const now = await read(uri)
          t.strictSame(
            [now['old'], now['more'], now['status']],
            [undefined, undefined, undefined],
            'nothing that stood there survives'
          )
          t.match(
            await again(old),
            { status: 409 },
            'the old token comes late, while the new one waits'
          )
          sfn.expire(taskToken)
          t.match(await again(old), { status: 410 }, 'and when both are over')
          t.strictSame(await read(uri), now)
          t.equal(sfn.execution(executionArn).status, 'FAILED')
        }
      )

      await t.test('a record of somebody else: no, empty and given permissions', async t => {
        for (const permissions of [
          undefined,
          {},
          { write: ['account:creator'], read: ['system.Everyone'] }
        ]) {
          for (const given of [{}, { read: ['account:bob'] }, { write: ['account:bob'] }]) {
            const { id, uri } = newRecord()
            await at(uri, {
              method: 'PUT',
              user: 'creator',
              body: {
                data: { mine: 1, subject: 'Mine' },
                ...(permissions !== undefined && { permissions })
              }
            })
            const reply = await ask(
              { id, subject: 'Asked', taskToken: sfn.waitCallback().taskToken, stateMachineArn },
              { permissions: given }
            )
            t.match(reply, { status: 200, body: { data: { subject: 'Asked' } } })
            t.notOk(reply.body.data.mine)
            t.notOk(
              JSON.stringify((await at(uri)).body.permissions).match(/creator|Everyone/),
              'nobody else may write it, or read it'
            )
            t.match(await state(uri, 'creator'), undefined)
          }
        }
      })

      await t.test('a record that is deleted while it is looked at is asked anew', async t => {
        const asked = await wait()
        world.proxy.before = async ({ method }) => {
          if (method !== 'GET') return undefined
          world.proxy.before = () => undefined
          await at(asked.uri, { method: 'DELETE' })
          return undefined
        }
        t.match(await again(asked), { status: 201, body: { data: { subject: 'Sign off?' } } })
        t.match(await answer(asked.uri), { status: 200 })
      })
    }
  )
}
