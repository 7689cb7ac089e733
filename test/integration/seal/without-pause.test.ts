import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { rounds } from '../../helpers/combination.ts'
import { needsPostgres } from '../../helpers/real.ts'
import { activityArn, stateMachineArn, type Called } from '../../helpers/service.ts'
import { newRecord, reviewers, startWorld, type World } from './world.ts'

// On PostgreSQL, Kinto says 200 to two changes of one record at one time, and one of them is lost.
// What the service confirmed with 200 is there two seconds later: it looks again 0.5 s after it
// wrote, and writes once more.
const laterMs = 2_000

type Round = (
  world: World,
  round: number
) => Promise<{ uri: string; told: number; expected: Record<string, unknown> }>

const things: [what: string, round: Round][] = [
  [
    'answered and recorded',
    async ({ wait, answer, patch }) => {
      const asked = await wait({ openFields: ['note'] })
      const reply = await beside(patch, asked.uri, async () => await answer(asked.uri))
      return {
        uri: asked.uri,
        told: reply.status,
        expected: { status: 'SUCCEED', answeredBy: 'account:alice', answerReceipt: /^receipt:1:/ }
      }
    }
  ],
  [
    'put back',
    async ({ wait, ask, patch }) => {
      const asked = await wait({ openFields: ['note'] })
      await patch(asked.uri, { subject: 'Other' })
      const reply = await beside(
        patch,
        asked.uri,
        async () => await ask({ ...asked.question, taskToken: asked.taskToken })
      )
      return {
        uri: asked.uri,
        told: reply.status,
        expected: { subject: 'Sign off?', taskToken: asked.data['taskToken'] }
      }
    }
  ],
  [
    'asked anew',
    async ({ wait, ask, patch, sfn }, round) => {
      const asked = await wait({ old: true }, { id: `anew-${round}` })
      sfn.expire(asked.taskToken)
      const question = {
        id: `anew-${round}`,
        subject: 'Next',
        taskToken: sfn.waitCallback().taskToken,
        stateMachineArn,
        openFields: ['note']
      }
      // The service needs some requests to find out whether the place is free. Against a client
      // that never rests it gives up with 503.
      const reply = await beside(patch, asked.uri, async () => await ask(question), 250)
      return {
        uri: asked.uri,
        told: reply.status,
        expected: { subject: 'Next', taskToken: /^sealed:1:/, old: undefined }
      }
    }
  ],
  [
    'sealed, which stood in clear',
    async ({ ask, at, patch, sfn }) => {
      const { id, uri } = newRecord()
      const question = {
        subject: 'Sign off?',
        taskToken: sfn.waitCallback().taskToken,
        stateMachineArn,
        openFields: ['note']
      }
      await at(uri, { method: 'PUT', body: { data: question, permissions: reviewers } })
      const reply = await beside(patch, uri, async () => await ask({ id, ...question }))
      return {
        uri,
        told: reply.status,
        expected: { subject: 'Sign off?', taskToken: /^sealed:1:/ }
      }
    }
  ],
  [
    'answered by the task of its activity',
    async ({ ask, answer, patch, sfn }) => {
      const { id, uri } = newRecord()
      await ask({ id, subject: 'Which?', activityArn, openFields: ['note'] })
      sfn.scheduleActivity({ input: { posted: { data: { id } } } })
      const reply = await beside(patch, uri, async () => await answer(uri))
      return {
        uri,
        told: reply.status,
        expected: { status: 'SUCCEED', taskToken: /^sealed:1:/, answerReceipt: /^receipt:1:/ }
      }
    }
  ]
]

t.test(
  'PostgreSQL, and a client that changes the record without pause',
  needsPostgres('what the service writes beside another client'),
  async t => {
    const world = await startWorld(t, { backend: 'postgresql' })
    world.sfn.createActivity()
    for (const [what, round] of things) {
      await t.test(what, async t => {
        const told = new Map<number, number>()
        for (let number = 0; number < rounds(1, 200); number++) {
          const { uri, told: status, expected } = await round(world, number)
          told.set(status, (told.get(status) ?? 0) + 1)
          // This test alone waits for a fixed time, because it is about that time.
          await sleep(laterMs)
          if (status === 200) t.match(await world.read(uri), expected, `${what}, round ${number}`)
        }
        t.comment(`${what}: ${JSON.stringify(Object.fromEntries(told))}`)
        t.ok((told.get(200) ?? 0) > 0)
      })
    }

    await t.test('a status that nobody decided, taken back', async t => {
      const service = await world.another()
      service.service.begin()
      const asked = await Promise.all(
        Array.from(
          { length: rounds(2, 100) },
          async () => await world.wait({ openFields: ['note'], heartbeatSeconds: 0.03 })
        )
      )
      const waits = new Set<unknown>(asked.map(({ taskToken }) => taskToken))
      while (waits.size > 0)
        waits.delete((await world.sfn.called('SendTaskHeartbeat')).input['taskToken'])
      await Promise.all(
        asked.map(async ({ uri }) => {
          // Of two changes in a collection in the same millisecond, Kinto refuses one with 409.
          let forged: Called
          do forged = await world.patch(uri, { status: 'SUCCEED' })
          while (forged.status === 409)
          t.equal(forged.status, 200)
          const back = service.logged(/was taken back/)
          await beside(world.patch, uri, async () => await back)
        })
      )
      for (const end = Date.now() + 15_000; Date.now() < end;) {
        const left = await Promise.all(
          asked.map(async ({ uri }) => (await world.read(uri))['status'])
        )
        if (left.every(status => status === 'UNANSWERED')) break
      }
      t.strictSame(
        await Promise.all(asked.map(async ({ uri }) => (await world.read(uri))['status'])),
        asked.map(() => 'UNANSWERED')
      )
    })
  }
)

/** Does something while bob keeps changing an open field of the record, at most `pauseMs` apart. */
async function beside<Result>(
  patch: World['patch'],
  uri: string,
  act: () => Promise<Result>,
  pauseMs = 0
): Promise<Result> {
  const done = new AbortController()
  const ended = (async () => {
    for (let note = 0; !done.signal.aborted; note++) {
      await patch(uri, { note }, 'bob')
      await sleep(pauseMs * Math.random())
    }
  })()
  try {
    return await act()
  } finally {
    done.abort()
    await ended
  }
}
