import t, { type Test } from 'tap'
import { own, startReplica } from '../../faults/stage.ts'
import { rounds } from '../../helpers/combination.ts'
import { call, collection, stateMachineArn, type Called } from '../../helpers/service.ts'
import type { Service } from '../../../demo/parts/service.ts'
import { everyBackend, needs, reviewers, secret, startWorld, type World } from './world.ts'

// What stands in the record before the question is asked.
const situations = ['nothing', 'changed', 'in clear', 'another question that is over'] as const

for (const backend of everyBackend) {
  t.test(
    `asking, cut off between any two requests, ${backend}`,
    needs(backend, 'asking that ends in the middle'),
    async t => {
      const world = await startWorld(t, { backend })
      for (const situation of situations) {
        for (const moment of (['after', 'before'] as const).slice(0, rounds(1, 2))) {
          await t.test(`${situation}, ${moment} each request`, async t => {
            await cutEach(t, world, situation, moment)
          })
        }
      }
    }
  )
}

t.test(
  'asking, the process killed between any two requests',
  needs('memory', 'asking of a process that is killed'),
  async t => {
    const world = await startWorld(t)
    // All of them take long: the short form has one situation only.
    for (const situation of situations.slice(0, rounds(1, situations.length))) {
      await cutEach(
        t,
        world,
        situation,
        'after',
        async () =>
          await startReplica(
            t,
            { kinto: world.proxy, sfn: world.sfn },
            { ...own, SEAL_SECRET: secret }
          )
      )
    }
  }
)

/**
 * Cuts an ask off at its first request to Kinto, the next at its second, and so on until one comes
 * through. Asks again after each.
 */
async function cutEach(
  t: Test,
  world: World,
  situation: (typeof situations)[number],
  moment: 'before' | 'after',
  start?: () => Promise<Service>
): Promise<void> {
  const { sfn, proxy, at, ask, answer, read } = world
  for (let n = 1, cut = true; cut; n++) {
    const name = `${situation.replaceAll(' ', '-')}-${moment}-${n}`
    const id = start === undefined ? name : `${name}-killed`
    const uri = `${collection}/records/${id}`
    const { taskToken, executionArn } = sfn.waitCallback()
    const question = { id, subject: 'Sign off?', amount: 12, taskToken, stateMachineArn }
    await prepare(world, situation, question)
    const service = await start?.()
    let count = 0
    cut = false
    proxy[moment] = () => {
      if (++count !== n) return undefined
      cut = true
      service?.kill('SIGKILL')
      return 'cut'
    }
    const through = service ?? world.service
    const reply = await call(`${through.url}/v1${collection}/stepfunction`, {
      method: 'POST',
      user: 'workflow',
      body: { data: question, permissions: reviewers }
    }).catch((): Partial<Called> => ({ status: 0 }))
    proxy[moment] = () => undefined
    if (cut && service === undefined)
      t.ok([200, 201, 503].includes(reply.status ?? 0), `${id}: ${reply.status}`)
    if (cut && service !== undefined) await service.exited
    t.match(
      await ask(question),
      {
        status: cut ? /^20[01]$/ : 200,
        body: { data: { subject: 'Sign off?', amount: 12 }, permissions: { write: /alice/ } }
      },
      id
    )
    t.strictSame(
      Object.keys(await read(uri)).toSorted(),
      ['amount', 'id', 'last_modified', 'stateMachineArn', 'subject', 'taskToken'],
      `${id}: nothing but what was asked`
    )
    t.match(await answer(uri), { status: 200, body: { stepfunction: { outcome: 'accepted' } } }, id)
    t.equal(sfn.execution(executionArn).status, 'SUCCEEDED', id)
    t.match(
      (await at(`${collection}/records?subject=${encodeURIComponent('Sign off?')}&id=${id}`)).body
        .data.length,
      1
    )
    await service?.stop()
  }
}

async function prepare(
  { sfn, at, ask, patch }: World,
  situation: (typeof situations)[number],
  question: { id: string; taskToken: string }
): Promise<void> {
  const uri = `${collection}/records/${question.id}`
  if (situation === 'changed') {
    await ask(question)
    await patch(uri, { subject: 'Other', extra: 1 })
  }
  if (situation === 'in clear')
    await at(uri, {
      method: 'PUT',
      body: { data: { ...question, extra: 1 }, permissions: reviewers }
    })
  if (situation === 'another question that is over') {
    const { taskToken } = sfn.waitCallback()
    await ask({ ...question, taskToken, extra: 1 })
    sfn.expire(taskToken)
  }
}
