import t, { type Test } from 'tap'
import { rounds } from '../helpers/combination.ts'
import { needsParts, realKinto } from '../helpers/real.ts'
import { answer, as, call, collection, startService } from '../helpers/service.ts'
import { startStepFunctions } from '../helpers/step-functions.ts'

// On waitress, or on the server that the combination names: see test/matrix/combinations.ts.
const count = rounds(20, 500)
const parts = needsParts('requests to a Kinto whose server may close each connection')

t.test('create, answer, PUT, PATCH, DELETE: no request fails', parts, async t => {
  const kinto = await realKinto(t)
  const sfn = await startStepFunctions(t)
  // On a slow machine nothing may run into a limit: this is about connections.
  const env = {
    KINTO_AUTHORIZATION: as('workflow'),
    KINTO_TIMEOUT_SECONDS: '300',
    AWS_TIMEOUT_SECONDS: '45'
  }
  const times = { requestMs: 300_000, stopMs: 67_000 }

  await t.test('from the first request on', async t => {
    const service = await startService(t, kinto, sfn, env, times)
    await expect(t, 201, service, 'PUT', '/accounts/workflow', { data: { password: 'secret' } })
    await expect(t, 201, service, 'PUT', '/accounts/alice', { data: { password: 'secret' } })
    await expect(t, 201, service, 'PUT', '/buckets/stepfunction', {})
    const permissions = { write: ['account:alice'] }
    await expect(t, 201, service, 'PUT', collection, { permissions })
  })

  for (const lanes of [1, 8])
    await t.test(lanes === 1 ? 'one after the other' : `${lanes} side by side`, async t => {
      const service = await startService(t, kinto, sfn, env, times)
      let next = 0
      const lane = async (): Promise<void> => {
        for (let round = next++; round < count; round = next++) {
          const record = `${collection}/records/of-${lanes}-${round}`
          const { taskToken } = sfn.waitCallback()
          await expect(t, 201, service, 'PUT', record, { data: { taskToken } })
          const answered = await answer(service, record, { answer: 'SUCCEED' })
          check(t, 200, answered.status, `POST ${record}/stepfunction ${answered.text}`)
          await expect(t, 200, service, 'PUT', record, { data: { again: round } })
          await expect(t, 200, service, 'PATCH', record, { data: { more: round } })
          await expect(t, 200, service, 'DELETE', record)
        }
      }
      await Promise.all(Array.from({ length: lanes }, lane))
      t.equal(next, count + lanes)
      t.strictSame(
        service.log.filter(({ level }) => Number(level) >= 40).map(({ msg, err }) => [msg, err]),
        []
      )
    })
})

async function expect(
  t: Test,
  status: number,
  { url }: { url: string },
  method: string,
  path: string,
  body?: object
): Promise<void> {
  const user = path.startsWith('/accounts') ? {} : { user: 'workflow' }
  const response = await call(`${url}/v1${path}`, { method, ...user, ...(body && { body }) })
  check(t, status, response.status, `${method} ${path} ${response.text}`)
}

/** Says something only where it fails: the rounds are many. */
function check(t: Test, wanted: number, found: number, what: string): void {
  if (found !== wanted) t.equal(found, wanted, what)
}
