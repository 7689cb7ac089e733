import { createHash } from 'node:crypto'
import t from 'tap'
import { deriveKey } from '../../../src/seal/keys.ts'
import { own, startReplica } from '../../faults/stage.ts'
import { rounds } from '../../helpers/combination.ts'
import type { Service } from '../../../demo/parts/service.ts'
import { eightAtATime, needs, secret, startWorld } from './world.ts'

const next = createHash('sha256').update('the next secret').digest('hex')

t.test(
  'a secret is replaced on two replicas while answers go on and processes are killed',
  needs('memory', 'rotation of the secret'),
  async t => {
    const world = await startWorld(t)
    const { wait, ask, read, answer, sfn, at } = world
    const asked = await eightAtATime(rounds(8, 1_000), async index => await wait({ index }))
    const quarter = asked.length / 4
    const answered: string[] = []
    const answerSome = async (from: number, replicas: readonly Service[]): Promise<void> => {
      await eightAtATime(quarter, async index => {
        const { uri, executionArn } = asked[from + index] ?? never()
        // As a client repeats it, at the other replica if one was killed.
        for (let tries = 0; tries < 20; tries++) {
          const reply = await answer(uri, 'SUCCEED', 'alice', replicas[(index + tries) % 2]).catch(
            () => undefined
          )
          if (reply?.status === 200) return void answered.push(executionArn)
        }
        t.fail(`${uri} was not answered`)
      })
    }

    let replicas = [
      await startReplica(t, world, { ...own, SEAL_SECRET: secret }),
      await startReplica(t, world, { ...own, SEAL_SECRET: secret })
    ] as const
    await answerSome(0, replicas)
    // Each step goes to one replica after the other. The old process is killed while answers go on.
    for (const [step, secrets] of [
      `${secret} ${next}`,
      `${next} ${secret}`,
      `${next} ${secret}`
    ].entries()) {
      const [first, second] = replicas
      const going = answerSome((step + 1) * quarter, replicas)
      first.kill('SIGKILL')
      replicas = [await startReplica(t, world, { ...own, SEAL_SECRET: secrets }), second]
      await going
      const { taskToken } = sfn.waitCallback()
      const question = { subject: `Asked in step ${step}`, taskToken }
      const created = await ask(question, { service: replicas[0] })
      t.match(
        await ask(question, { service: second }),
        { status: 200, body: { data: { taskToken: created.body.data.taskToken } } },
        'the other one opens it'
      )
      second.kill('SIGKILL')
      replicas = [replicas[0], await startReplica(t, world, { ...own, SEAL_SECRET: secrets })]
    }
    t.equal(new Set(answered).size, asked.length, 'none was lost')
    t.strictSame(
      asked.filter(({ executionArn }) => sfn.execution(executionArn).status !== 'SUCCEEDED').length,
      0
    )
    const calls = sfn.calls.length
    for (const { uri } of asked) {
      const reply = await answer(uri, 'FAIL', 'bob', replicas[1])
      if (reply.status !== 409 || reply.body.details.answeredBy !== 'account:alice')
        t.fail(`${uri}: ${reply.text}`)
    }
    t.equal(sfn.calls.length, calls, 'each decision is proven')

    await t.test('in the wrong order: nothing is wiped, and the log names the key', async t => {
      const waits = await wait({ heartbeatSeconds: 30 })
      const decided = asked[0] ?? never()
      const before = [await read(waits.uri), await read(decided.uri)]
      const service = await world.another({ SEAL_SECRET: next })
      service.service.begin()
      t.match(await answer(waits.uri, 'SUCCEED', 'alice', service), {
        status: 400,
        body: { details: [{ name: 'taskToken' }] }
      })
      t.match(await ask({ ...waits.question, taskToken: waits.taskToken }, { service }), {
        status: 503
      })
      t.match(await world.state(waits.uri, 'alice', service), { canAnswer: false })
      t.notMatch(await world.state(decided.uri, 'alice', service), { answeredBy: /./ })
      const { id } = deriveKey(Buffer.from(secret, 'hex'))
      t.match(
        service.log.filter(line => JSON.stringify(line).includes(id)).length > 0,
        true,
        'the log names the key'
      )
      await service.service.stop()
      t.strictSame([await read(waits.uri), await read(decided.uri)], before)
      t.match(
        await answer(waits.uri, 'SUCCEED', 'alice', replicas[0]),
        { status: 200 },
        'with the secret it is as it was'
      )
      t.match((await at(decided.uri)).body.data, {
        status: 'SUCCEED',
        answerReceipt: /^receipt:1:/
      })
    })
  }
)

function never(): never {
  throw new Error('Nothing was asked.')
}
