import t from 'tap'
import { Seals } from '../../../src/seal/seals.ts'
import { rounds } from '../../helpers/combination.ts'
import { collection, stateMachineArn, type TestService } from '../../helpers/service.ts'
import {
  eightAtATime,
  everyBackend,
  needs,
  reviewers,
  startWorld,
  type Asked,
  type World
} from './world.ts'

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
  t.test(`receipts, ${backend}`, needs(backend, 'what a receipt proves'), async t => {
    const world = await startWorld(t, {
      backend,
      settings: { 'kinto.experimental_collection_schema_validation': 'true' }
    })
    const { sfn, wait, answer, state, patch, read, at } = world
    const fresh = async (env: Record<string, string> = {}): Promise<TestService> =>
      await world.another(env)

    await t.test(
      'a process that knows nothing tells the truth of all that was decided, and asks nobody',
      async t => {
        const decided = await eightAtATime(rounds(20, 1_000), async index => {
          const asked = await wait({ index })
          const [said, by] = [
            index % 3 === 0 ? 'FAIL' : 'SUCCEED',
            index % 2 === 0 ? 'alice' : 'bob'
          ]
          const reply = await answer(asked.uri, said, by)
          if (reply.status !== 200) t.fail(reply.text)
          return { ...asked, said, by }
        })
        const stranger = await fresh()
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
      // Its looks at what it wrote would write that again.
      const first = await fresh()
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
        const stranger = await fresh()
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
        const stranger = await fresh()
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
      const plain = await fresh({ SEAL_SECRET: '' })
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
      const stranger = await fresh()
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
      for (const service of [world.service, await fresh()]) {
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
        await answer(asked.uri, 'SUCCEED', 'alice', await fresh()),
        { status: 200, body: { stepfunction: { outcome: 'already_applied' } } },
        'and by the history'
      )
    })
  })
}

/** The record of another question that was answered. */
async function decide(
  { wait, answer, read }: World,
  said: string,
  user: string
): Promise<Asked['data']> {
  const { uri } = await wait()
  await answer(uri, said, user)
  return await read(uri)
}
