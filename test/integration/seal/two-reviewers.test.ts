import t from 'tap'
import { rounds } from '../../helpers/combination.ts'
import { everyBackend, needs, startWorld, type World } from './world.ts'

const changes = [
  [{ subject: 'Other' }, { subject: 'Sign off?' }],
  [{ amount: 2 }, { amount: 1 }],
  [{ extra: 'x' }, { extra: null }],
  [
    { openFields: ['subject'], subject: 'Other' },
    { openFields: null, subject: 'Sign off?' }
  ]
] as const

for (const backend of everyBackend) {
  t.test(
    `a question that one changes and puts back while another reads and answers, ${backend}`,
    needs(backend, 'two reviewers of one question'),
    async t => {
      const world = await startWorld(t, { backend })
      const { wait, state, answer, read, patch, sfn } = world
      const seen = { whole: 0, changed: 0 }

      await t.test('what is shown as answerable is what was asked', async () => {
        const asked = await wait({ amount: 1 })
        const ended = keepChanging(world, asked.uri)
        for (let round = 0; round < rounds(40, 10_000); round++) {
          const { canAnswer, obstacle, record, changed } = await state(asked.uri)
          const isWhole =
            record.subject === 'Sign off?' &&
            record.amount === 1 &&
            (record.extra ?? null) === null &&
            (record.openFields ?? null) === null
          seen[isWhole ? 'whole' : 'changed'] += 1
          if (canAnswer !== isWhole || (obstacle === 'changed') === isWhole)
            t.fail(JSON.stringify({ canAnswer, obstacle, changed, record }))
        }
        await ended()
        t.ok(seen.whole > 0 && seen.changed > 0, JSON.stringify(seen))
      })

      await t.test(
        'no answer is taken for a question that stays changed; everybody is told the truth',
        async t => {
          let taken = 0
          for (let round = 0; round < rounds(12, 1_000); round++) {
            const asked = await wait({ amount: 1 })
            const stays = round % 2 === 0
            if (stays) await patch(asked.uri, { subject: 'Other' })
            const ended = stays ? undefined : keepChanging(world, asked.uri)
            const { status, body } = await answer(asked.uri)
            await ended?.()
            const isTaken = sfn.execution(asked.executionArn).status === 'SUCCEEDED'
            if (isTaken !== (status === 200) || (stays && isTaken) || ![200, 409].includes(status))
              t.fail(`${status} ${JSON.stringify(body)}`)
            if (status === 409 && body.details?.changed === undefined) t.fail(JSON.stringify(body))
            if (isTaken && (await read(asked.uri))['status'] !== 'SUCCEED')
              await recordedLater(world, asked.uri)
            taken += isTaken ? 1 : 0
          }
          t.comment(`${taken} taken`)
          t.ok(taken > 0)
        }
      )
    }
  )
}

/**
 * Lets bob change the question and put it back, without pause.
 * @returns a function that ends this, with the question as it was
 */
function keepChanging({ patch }: World, uri: string): () => Promise<void> {
  const done = new AbortController()
  const ended = (async () => {
    for (let round = 0; !done.signal.aborted; round++) {
      for (const data of changes[round % changes.length] ?? []) await patch(uri, data, 'bob')
    }
  })()
  return async () => {
    done.abort()
    await ended
  }
}

/** The service looks again at what it wrote, and writes it again if another change undid it. */
async function recordedLater({ read }: World, uri: string): Promise<void> {
  for (const end = Date.now() + 10_000; (await read(uri))['status'] !== 'SUCCEED';)
    if (Date.now() > end) throw new Error(`${uri} is not recorded`)
}
