import t from 'tap'
import { combination } from '../../helpers/combination.ts'
import { collection } from '../../helpers/service.ts'
import { everyBackend, needs, startWorld, type World } from './world.ts'

const short = { heartbeatSeconds: 0.03 }

for (const backend of everyBackend) {
  t.test(
    `what keeps a step alive, ${backend}`,
    needs(backend, 'heartbeats of sealed questions'),
    async t => {
      const world = await startWorld(t, { backend })
      const { wait, patch, at, read, sfn } = world

      await t.test('the seal alone, whatever became of the words beside it', async t => {
        const ways: [title: string, fields: Record<string, unknown>][] = [
          ['nothing', {}],
          ['a changed question', { subject: 'Other', extra: 1 }],
          ['a forged status', { status: 'SUCCEED', answeredBy: 'account:bob' }],
          ['a span that somebody wrote', { heartbeatSeconds: 1e9 }],
          ['a span taken out', { heartbeatSeconds: null }],
          [
            'an ARN of another region',
            { stateMachineArn: 'arn:aws:states:eu-west-1:123456789012:stateMachine:x' }
          ],
          ['a receipt of another', { answerReceipt: 'receipt:1:x' }],
          ['fields that are no text', { stateMachineArn: 1, status: ['SUCCEED'] }]
        ]
        const asked = await Promise.all(
          ways.map(async ([title, fields]) => ({ title, fields, ...(await wait(short)) }))
        )
        for (const { uri, fields } of asked) await patch(uri, fields)
        const ended = await Promise.all(
          ['', 'sealed:1:x', null].map(async taskToken => {
            const { uri, ...others } = await wait(short)
            await patch(uri, { taskToken })
            return others
          })
        )
        const moved = await wait(short)
        await at(`${collection}/records/moved`, {
          method: 'PUT',
          user: 'alice',
          body: { data: moved.data }
        })
        await at(moved.uri, { method: 'DELETE' })
        const decided = await wait(short)
        await world.answer(decided.uri)
        // What a service finds at its first look. The second service looks at the same time.
        const [first] = await Promise.all([beating(world), beating(world)])
        const beaten = new Set(first)
        for (const { title, taskToken } of asked) t.ok(beaten.has(taskToken), title)
        for (const { taskToken } of [...ended, moved, decided])
          t.notOk(beaten.has(taskToken), 'no seal that opens here, or decided')
      })

      // A round of heartbeats takes 10 s.
      await t.test(
        'as it comes and goes while the service looks on',
        { skip: combination.thousands || backend === 'memory' ? false : 'only in its large form' },
        async t => {
          const asked = await wait(short)
          const service = await world.another()
          service.service.begin()
          await heartbeat(world, asked.taskToken)
          await patch(asked.uri, { taskToken: 'sealed:1:x' })
          const fresh = await wait(short)
          await heartbeat(world, fresh.taskToken)
          const before = sfn.callsOf('SendTaskHeartbeat').length
          await heartbeat(world, fresh.taskToken)
          t.notOk(
            sfn
              .callsOf('SendTaskHeartbeat')
              .slice(before)
              .some(({ input }) => input['taskToken'] === asked.taskToken),
            'they end when it does not open'
          )
          await patch(asked.uri, { taskToken: asked.data['taskToken'], subject: 'Other' })
          await heartbeat(world, asked.taskToken)
          t.pass('and go on when it opens again')
          await patch(asked.uri, { taskToken: '' })
          const next = await wait(short)
          await heartbeat(world, next.taskToken)
          // An operator puts an older version back from Kinto's history, with its old timestamp.
          await at(asked.uri, { method: 'PUT', body: { data: asked.data } })
          t.equal((await read(asked.uri))['taskToken'], asked.data['taskToken'])
          await heartbeat(world, asked.taskToken)
          t.pass('also when its version is an older one')
        }
      )
    }
  )
}

/** The tokens that a service sends heartbeats for in its first round. */
async function beating({ sfn, another }: World): Promise<unknown[]> {
  const before = sfn.callsOf('SendTaskHeartbeat').length
  const service = await another()
  service.service.begin()
  await sfn.called('SendTaskHeartbeat')
  await service.service.stop()
  return sfn
    .callsOf('SendTaskHeartbeat')
    .slice(before)
    .map(({ input }) => input['taskToken'])
}

async function heartbeat({ sfn }: World, taskToken: string): Promise<void> {
  for (;;) if ((await sfn.called('SendTaskHeartbeat')).input['taskToken'] === taskToken) return
}
