import t from 'tap'
import { Seals } from '../../../src/seal/seals.ts'
import { rounds } from '../../helpers/combination.ts'
import { stateMachineArn } from '../../helpers/service.ts'
import { eightAtATime, everyBackend, needs, startWorld, type Asked, type World } from './world.ts'

for (const backend of everyBackend) {
  t.test(`receipts, ${backend}`, needs(backend, 'what a receipt proves'), async t => {
    const world = await startWorld(t, { backend })
    const { sfn, wait, answer, state, patch, read, at, another } = world

    await t.test(
      'a process that knows nothing tells the truth of all that was decided, and asks nobody',
      async t => {
        const decided = await eightAtATime(rounds(8, 1_000), async index => {
          const asked = await wait({ index })
          const [said, by] = [
            index % 3 === 0 ? 'FAIL' : 'SUCCEED',
            index % 2 === 0 ? 'alice' : 'bob'
          ]
          const reply = await answer(asked.uri, said, by)
          if (reply.status !== 200) t.fail(reply.text)
          return { ...asked, said, by }
        })
        const stranger = await another()
        const heal = sfn.fault('GetExecutionHistory', 'AccessDeniedException', () => true)
        const calls = sfn.calls.length
        for (const { uri, said, by } of decided) {
          const other = said === 'FAIL' ? 'SUCCEED' : 'FAIL'
          t.match(await answer(uri, said, 'alice', stranger), {
            status: 200,
            body: {
              stepfunction: {
                outcome: 'already_applied',
                answer: said,
                answeredBy: `account:${by}`
              }
            }
          })
          t.match(await answer(uri, other, by, stranger), {
            status: 409,
            body: { details: { answer: said, answeredBy: `account:${by}` } }
          })
          t.match(await state(uri, 'alice', stranger), {
            state: said === 'FAIL' ? 'failed' : 'succeeded',
            proof: 'receipt',
            answeredBy: `account:${by}`,
            canAnswer: false
          })
        }
        t.equal(sfn.calls.length, calls, 'without one call to AWS')
        heal()
      }
    )

    await t.test('each field forged or removed', async t => {
      const asked = await wait()
      // It is stopped, because it would look at what it wrote, and write it again.
      const first = await another()
      await answer(asked.uri, 'SUCCEED', 'alice', first)
      await first.service.stop()
      const good = await read(asked.uri)
      const other = await decide(world, 'FAIL', 'bob')
      const receipt: string = good['answerReceipt']
      const seals = new Seals(Buffer.from('07'.repeat(32), 'hex'))
      const forgeries: [fields: Record<string, unknown>, proven: boolean][] = [
        [{ status: 'FAIL' }, true],
        [{ status: 'UNANSWERED' }, true],
        [{ status: null }, true],
        [
          { answeredBy: 'account:bob', answeredAt: '2020-01-01T00:00:00.000Z', comment: 'no' },
          true
        ],
        [{ subject: 'Other', status: 'FAIL' }, true],
        [{ answerReceipt: null }, false],
        [{ answerReceipt: '' }, false],
        [{ answerReceipt: 'receipt:1:' }, false],
        [{ answerReceipt: `${receipt}A` }, false],
        [{ answerReceipt: receipt.slice(0, -4) }, false],
        [{ answerReceipt: [receipt] }, false],
        [
          { answerReceipt: other['answerReceipt'], status: 'FAIL', answeredBy: 'account:bob' },
          false
        ],
        [
          {
            answerReceipt: seals.writeReceipt(asked.uri, asked.taskToken, { answer: 'FAIL' }),
            status: 'FAIL'
          },
          false
        ],
        [{ taskToken: '', status: 'FAIL', answeredBy: 'account:bob' }, false],
        [{ taskToken: 'sealed:1:x', status: 'FAIL', answeredBy: 'account:bob' }, false]
      ]
      for (const [fields, proven] of forgeries) {
        await at(asked.uri, { method: 'PUT', user: 'bob', body: { data: { ...good, ...fields } } })
        const stranger = await another()
        const label = JSON.stringify(fields).slice(0, 100)
        const told = await state(asked.uri, 'alice', stranger)
        if (proven) {
          t.match(
            told,
            { state: 'succeeded', proof: 'receipt', answeredBy: 'account:alice' },
            label
          )
          t.match(
            await answer(asked.uri, 'FAIL', 'bob', stranger),
            { status: 409, body: { details: { answer: 'SUCCEED', answeredBy: 'account:alice' } } },
            label
          )
          const { status = 'SUCCEED' } = fields
          t.match(
            await read(asked.uri),
            { status: status === 'FAIL' ? 'SUCCEED' : status },
            `${label}: the other decision is a lie, and one that was set back stays so`
          )
        } else if (fields['taskToken'] === '') {
          t.match(
            told,
            { state: 'failed', proof: 'record', canAnswer: false },
            `${label}: in clear, as before there was a seal`
          )
        } else {
          t.notMatch(told, { proof: 'receipt' }, label)
          t.notMatch(
            told,
            { answeredBy: /./ },
            `${label}: nobody is shown words that nothing proves`
          )
          t.notMatch(await answer(asked.uri, 'FAIL', 'bob', stranger), { status: 200 }, label)
          t.notMatch(
            await answer(asked.uri, 'SUCCEED', 'alice', stranger),
            { status: 200, body: { stepfunction: { outcome: 'accepted' } } },
            label
          )
        }
        await stranger.service.stop()
      }
    })

    await t.test('a receipt of an older token proves nothing of the next', async t => {
      const first = await wait({ round: 1 })
      await answer(first.uri)
      const { answerReceipt } = await read(first.uri)
      const { taskToken, executionArn } = sfn.waitCallback()
      t.match(
        await world.ask({ id: first.data['id'], subject: 'Next', taskToken, stateMachineArn }),
        { status: 200 }
      )
      await patch(first.uri, { answerReceipt, status: 'SUCCEED', answeredBy: 'account:alice' })
      t.match(await state(first.uri), { state: 'pending', canAnswer: true })
      t.match(await answer(first.uri, 'FAIL', 'bob'), {
        status: 200,
        body: { stepfunction: { outcome: 'accepted' } }
      })
      t.equal(sfn.execution(executionArn).status, 'FAILED')
    })
  })
}

/**
 * Asks and answers another question.
 * @returns its record
 */
async function decide(
  { wait, answer, read }: World,
  said: string,
  user: string
): Promise<Asked['data']> {
  const { uri } = await wait()
  await answer(uri, said, user)
  return await read(uri)
}
