import { randomUUID } from 'node:crypto'
import t from 'tap'
import { needsParts } from '../helpers/real.ts'
import { answer, call, collection } from '../helpers/service.ts'
import { startStepFunctions } from '../helpers/step-functions.ts'
import { put, startStage } from './stage.ts'

const group = '/buckets/stepfunction/groups/reviewers'

/** Whom the record itself names as writers. Alice and Bob may write its collection. */
const rights: [title: string, write: string[]][] = [
  ['named in the record', ['account:alice']],
  ['by the collection alone', []],
  ['by a group that the record names', [group]],
  ['everybody who is logged in', ['system.Authenticated']]
]

t.test("the reply's permissions", needsParts('the permissions after an answer'), async t => {
  for (const env of [{}, { KINTO_AUTHORIZATION: '' }]) {
    const sfn = await startStepFunctions(t)
    const { kinto, service } = await startStage(t, sfn, { env })
    await put(kinto, group, { data: { members: ['account:alice'] } }, 'workflow')
    for (const [title, write] of rights)
      await t.test(`${title}; ${JSON.stringify(env)}`, async t => {
        const uri = `${collection}/records/${randomUUID()}`
        await put(kinto, uri, { data: sfn.waitCallback(), permissions: { write } }, 'workflow')
        for (const outcome of ['accepted', 'already_applied']) {
          const { body } = await answer(service, uri, { answer: 'FAIL' })
          t.match(body, { stepfunction: { outcome } })
          const now = await call(`${kinto.url}/v1${uri}`, { user: 'alice' })
          t.same(sorted(body.permissions), sorted(now.body.permissions), outcome)
        }
      })
  }
})

function sorted({ write = [] }: { write?: string[] }): string[] {
  return write.toSorted()
}
