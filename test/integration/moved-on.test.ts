import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { combination } from '../helpers/combination.ts'
import { activityArn, collection, stateMachineArn } from '../helpers/service.ts'
import type { StepFunctionsEndpoint } from '../helpers/step-functions.ts'
import { everyBackend, needs, reviewers, secret, startWorld, type World } from './seal/world.ts'

/** A question, and what Kinto has in its place by the time at which its answer is recorded. */
interface Question {
  uri: string
  data: { id: string; executionArn: string; taskToken?: string; activityArn?: string }
}

interface Change {
  title: string
  kind: 'callback' | 'activity'
  /** Whether the record was deleted first. */
  anew?: boolean
  /** What the workflow writes. Of a record that was made anew: all of it. */
  writes: (sfn: StepFunctionsEndpoint, question: Question) => object
  /** The status afterwards. */
  status: 'FAIL' | 'UNANSWERED' | undefined
}

const nextToken = (sfn: StepFunctionsEndpoint): string => sfn.waitCallback().taskToken

const changes: Change[] = [
  {
    title: 'a new token and UNANSWERED',
    kind: 'callback',
    writes: sfn => ({ taskToken: nextToken(sfn), status: 'UNANSWERED' }),
    status: 'UNANSWERED'
  },
  {
    title: 'a new token alone',
    kind: 'callback',
    writes: sfn => ({ taskToken: nextToken(sfn) }),
    status: undefined
  },
  {
    title: 'no token any more',
    kind: 'callback',
    writes: () => ({ taskToken: '', status: 'UNANSWERED' }),
    status: 'UNANSWERED'
  },
  {
    title: 'a record made anew, without a token',
    kind: 'callback',
    anew: true,
    writes: () => ({ activityArn, status: 'UNANSWERED' }),
    status: 'UNANSWERED'
  },
  {
    title: 'a record made anew, with another token',
    kind: 'callback',
    anew: true,
    writes: sfn => ({ taskToken: nextToken(sfn) }),
    status: undefined
  },
  {
    title: 'a record made anew, with the same token: that question was answered',
    kind: 'callback',
    anew: true,
    writes: (_sfn, { data }) => ({ ...data }),
    status: 'FAIL'
  },
  {
    title: 'a note: nothing else is asked',
    kind: 'callback',
    writes: () => ({ note: 'x' }),
    status: 'FAIL'
  },
  {
    title: 'the token of an activity cleared, and UNANSWERED',
    kind: 'activity',
    writes: () => ({ taskToken: '', status: 'UNANSWERED' }),
    status: 'UNANSWERED'
  },
  {
    title: 'an activity that came round, and UNANSWERED alone: the history tells',
    kind: 'activity',
    writes(sfn, { data: { id, executionArn } }) {
      sfn.redrive(executionArn)
      sfn.scheduleActivity({ executionArn, input: { id } })
      return { status: 'UNANSWERED' }
    },
    status: 'UNANSWERED'
  },
  {
    title: 'an activity: a record made anew',
    kind: 'activity',
    anew: true,
    writes: (_sfn, { data }) => ({ ...data }),
    status: undefined
  },
  {
    title: 'an activity: a note, and nothing else is asked',
    kind: 'activity',
    writes: () => ({ note: 'x' }),
    status: 'FAIL'
  }
]

/** Asks a question, of an activity or with a token. */
async function ask({ sfn, ask }: World, kind: Change['kind']): Promise<Question> {
  const id = randomUUID()
  const step =
    kind === 'callback'
      ? sfn.waitCallback()
      : { activityArn, ...sfn.scheduleActivity({ input: { id } }) }
  const data = { id, stateMachineArn, subject: 'Sign off?', openFields: ['note'], ...step }
  const { status, text } = await ask(data)
  if (status !== 201) throw new Error(text)
  return { uri: `${collection}/records/${id}`, data }
}

async function change({ at, sfn }: World, question: Question, { anew, writes }: Change) {
  const { uri } = question
  const data = writes(sfn, question)
  if (anew !== true) return await at(uri, { method: 'PATCH', body: { data } })
  await at(uri, { method: 'DELETE' })
  return await at(uri, { method: 'PUT', body: { data, permissions: reviewers } })
}

const isRecording = ({ method, body }: { method: string; body: string }): boolean =>
  method === 'PATCH' && body.includes('"status":"FAIL"')

/** One of the two, as the combination has it: npm run matrix runs both. */
const sealings = combination.sealing === 'none' ? { 'in clear': '' } : { sealed: secret }

for (const backend of everyBackend)
  for (const [sealing, SEAL_SECRET] of Object.entries(sealings)) {
    t.test(
      `a record that asks something else by now, ${sealing}, ${backend}`,
      needs(backend, 'what a late decision is not written over'),
      async t => {
        const world = await startWorld(t, { backend, env: { SEAL_SECRET } })
        const { sfn, proxy, service, answer, read } = world
        sfn.createActivity()

        for (const row of changes)
          await t.test(`Kinto is slow: ${row.title}`, async t => {
            const question = await ask(world, row.kind)
            proxy.before = async passing => {
              if (!isRecording(passing)) return undefined
              proxy.before = () => undefined
              await change(world, question, row)
              return undefined
            }
            t.match(await answer(question.uri, 'FAIL'), {
              status: 200,
              body: { data: { status: row.status }, stepfunction: { outcome: 'accepted' } }
            })
            t.equal((await read(question.uri))['status'], row.status)
          })

        await t.test('the backlog comes later', async t => {
          const rows = await Promise.all(
            changes.map(async row => ({ row, question: await ask(world, row.kind) }))
          )
          proxy.before = passing => (isRecording(passing) ? 'cut' : undefined)
          const replies = await Promise.all(
            rows.map(async ({ question }) => await answer(question.uri, 'FAIL'))
          )
          for (const reply of replies)
            t.match(reply, { status: 503, body: { details: { reported: 'yes' } } })
          proxy.before = () => 'cut'
          for (const { row, question } of rows) await change(world, question, row)
          proxy.before = () => undefined
          const late = rows.filter(({ row }) => row.status === 'FAIL').length
          const recorded = (): number =>
            service.log.filter(({ msg }) => msg === 'an answer was recorded after its request')
              .length
          // The stop tries again, but on a busy machine it has no time for all of them.
          for (let looks = 0; recorded() < late && looks < 300; looks++) await sleep(100)
          await service.service.stop()
          for (const { row, question } of rows)
            t.equal((await read(question.uri))['status'], row.status, row.title)
        })
      }
    )
  }
