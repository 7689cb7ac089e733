import t, { type Test } from 'tap'
import { rounds } from '../../helpers/combination.ts'
import { answer, collection, stateMachineArn } from '../../helpers/service.ts'
import { put } from '../stage.ts'
import { everyBackend, needs, reviewers, startWorld, type World } from './world.ts'

for (const backend of everyBackend) {
  t.test(
    `asking at once, ${backend}`,
    needs(backend, 'questions that are asked at once'),
    async t => {
      const world = await startWorld(t, { backend })
      const { sfn, ask, at } = world
      const replicas = [world.service, await world.another()] as const
      const count = async (): Promise<number> =>
        Number(
          (await at(`${collection}/records?_limit=1`, { method: 'HEAD' })).headers.get(
            'total-objects'
          )
        )

      await t.test('50 times over two replicas: one record, one 201, all others 200', async t => {
        for (let round = 0; round < rounds(1, 40); round++) {
          const before = await count()
          const { taskToken, executionArn } = sfn.waitCallback()
          const question = { subject: 'Sign off?', taskToken, stateMachineArn, round }
          const replies = await Promise.all(
            Array.from(
              { length: 50 },
              async (_none, index) =>
                await ask(question, { service: replicas[index % 2 === 0 ? 0 : 1] })
            )
          )
          t.strictSame(tally(replies), { 200: 49, 201: 1 })
          t.equal(
            new Set(replies.map(({ body }) => body.data.taskToken)).size,
            1,
            'all are shown the same record'
          )
          t.equal(await count(), before + 1)
          const uri = `${collection}/records/${replies[0]?.body.data.id}`
          t.match(await answer(replicas[1], uri, { answer: 'SUCCEED' }), { status: 200 })
          t.equal(sfn.execution(executionArn).status, 'SUCCEEDED')
        }
      })

      await t.test(
        'two tokens for one id, in each order and at once: one stands, and it can be answered',
        async t => {
          for (let round = 0; round < rounds(3, 200); round++) {
            const id = `both-${round}`
            const tokens = [sfn.waitCallback(), sfn.waitCallback()] as const
            const [first, second] = round % 2 === 0 ? tokens : tokens.toReversed()
            const replies = await Promise.all(
              [first, second].map(
                async (given, index) =>
                  await ask(
                    { id, subject: String(index), taskToken: given?.taskToken, stateMachineArn },
                    { service: replicas[index === 0 ? 0 : 1] }
                  )
              )
            )
            t.strictSame(tally(replies), { 201: 1, 409: 1 })
            const winner = replies.findIndex(({ status }) => status === 201)
            t.match(
              await answer(replicas[0], `${collection}/records/${id}`, { answer: 'SUCCEED' }),
              { status: 200, body: { data: { subject: String(winner) } } }
            )
            t.strictSame(
              [first, second].map(given => sfn.execution(given?.executionArn ?? '').status),
              winner === 0 ? ['SUCCEEDED', 'RUNNING'] : ['RUNNING', 'SUCCEEDED']
            )
          }
        }
      )

      await t.test(
        'asked anew at once, over a step that ended: one of them stands for all who were told 200',
        async t => {
          for (let round = 0; round < rounds(2, 100); round++) {
            const old = await world.wait({ old: true }, { id: `anew-${round}` })
            sfn.expire(old.taskToken)
            const tokens = [sfn.waitCallback(), sfn.waitCallback()] as const
            const replies = await Promise.all(
              tokens.map(
                async ({ taskToken }, index) =>
                  await ask(
                    { id: `anew-${round}`, subject: String(index), taskToken, stateMachineArn },
                    { service: replicas[index === 0 ? 0 : 1] }
                  )
              )
            )
            const { subject } = await world.read(old.uri)
            const told = replies.flatMap(({ status }, index) =>
              status === 200 ? [String(index)] : []
            )
            t.strictSame(
              told,
              [subject],
              JSON.stringify(replies.map(({ status, body }) => [status, body.message]))
            )
          }
        }
      )
    }
  )

  t.test(`who asks, ${backend}`, needs(backend, 'callers who ask'), async t => {
    for (const explicit of ['true', 'false']) {
      const world = await startWorld(t, {
        backend,
        settings: { 'kinto.explicit_permissions': explicit }
      })
      await asksWithCreateAlone(t, world, explicit === 'true')
    }
  })
}

async function asksWithCreateAlone(
  t: Test,
  { sfn, ask, at, answer, read, kinto }: World,
  explicit: boolean
): Promise<void> {
  const title = `explicit_permissions=${explicit}`
  const question = { subject: 'Sign off?', ...sfn.waitCallback(), stateMachineArn }
  const created = await ask(question, { user: 'creator' })
  t.match(created, { status: 201 }, title)
  const uri = `${collection}/records/${created.body.data.id}`
  t.strictSame(
    (await at(uri, { user: 'alice' })).body.permissions.write.toSorted(),
    ['account:alice', 'account:bob', ...(explicit ? ['account:creator'] : [])],
    title
  )
  const again = await ask(question, { user: 'creator' })
  t.match(
    again,
    { status: 200, body: { stepfunction: created.body.stepfunction } },
    `${title}: asked again`
  )
  t.equal('data' in again.body, explicit, `${title}: the record is shown to those who may read it`)
  t.match(await answer(uri), { status: 200 }, title)
  t.match(
    await ask(question, { user: 'creator' }),
    { status: 200 },
    `${title}: asked again when it is answered`
  )
  // They learn nothing of somebody else's record, and change nothing in it.
  const secret = `${collection}/records/secret-${explicit}`
  await put(
    kinto,
    secret,
    { data: { words: 'confidential', taskToken: 'T' }, permissions: reviewers },
    'workflow'
  )
  const before = await read(secret)
  for (const more of [{}, { taskToken: 'T' }, { activityArn: sfn.createActivity() }]) {
    const reply = await ask(
      {
        id: `secret-${explicit}`,
        subject: 'Mine',
        taskToken: sfn.waitCallback().taskToken,
        stateMachineArn,
        ...more
      },
      { user: 'creator' }
    )
    t.ok([403, 409].includes(reply.status), `${title}: ${reply.text}`)
    t.notMatch(reply.text, /confidential|"words"|details":{/, title)
  }
  t.strictSame(await read(secret), before, title)
  for (const user of ['bob', 'nobody'])
    t.match(
      await ask({ ...question, taskToken: 'sealed:x', amount: 1e300 }, { user }),
      { status: user === 'bob' ? 403 : 401 },
      `${title}: nothing is read before that`
    )
}

function tally(replies: readonly { status: number }[]): Record<string, number> {
  return Object.fromEntries(
    Map.groupBy(replies, ({ status }) => String(status))
      .entries()
      .map(([status, all]) => [status, all.length])
  )
}
