import t from 'tap'
import { usage } from '../../../bench/parts/usage.ts'
import { Seals } from '../../../src/seal/seals.ts'
import { rounds, sealSecret } from '../../helpers/combination.ts'
import { needsParts, realKinto, realService } from '../../helpers/real.ts'
import { as, call, stateMachineArn } from '../../helpers/service.ts'
import { credentials, region } from '../../helpers/step-functions.ts'
import { put } from '../stage.ts'

// In five collections. In each of them 19 of 20 are decided.
const all = rounds(500, 10_000)
const collections = Array.from(
  { length: 5 },
  (_none, index) => `/buckets/many/collections/c${index}`
)
const waiting = all / 20
const group = '/buckets/many/groups/reviewers'
const secret = sealSecret().SEAL_SECRET
const seals = secret === undefined ? undefined : new Seals(Buffer.from(secret, 'hex'))
const measured = rounds(3, 10)

/** A question as workflows ask it: 1 kB, and its token. */
function question(uri: string, index: number): object {
  const record = {
    subject: `Please review number ${index}`,
    description: 'x'.repeat(800),
    reviewer: index % 40 === 0 ? 'account:alice' : group,
    requestedBy: 'account:workflow',
    expiresAt: new Date(Date.UTC(2026, 11, 1) + index * 1000).toISOString(),
    choices: [
      { label: 'Yes', answer: 'SUCCEED' },
      { label: 'No', answer: 'FAIL' }
    ],
    stateMachineArn
  }
  const taskToken = `token-${index}-${'x'.repeat(700)}`
  const decision = { answeredBy: 'account:alice', answeredAt: '2026-11-30T00:00:00.000Z' }
  const sealed = { taskToken, fromActivity: false, region, heartbeatSeconds: undefined, record }
  const answerReceipt = seals?.writeReceipt(uri, taskToken, { answer: 'FAIL', ...decision })
  return {
    ...record,
    taskToken: seals?.sealQuestion(uri, { ...sealed, openFields: [] }) ?? taskToken,
    ...(index % 20 !== 0 && { status: 'FAIL', ...decision, answerReceipt })
  }
}

t.test('ten thousand records in five collections', needsParts('a large inbox'), async t => {
  const kinto = await realKinto(t, { settings: { 'kinto.batch_max_requests': '500' } })
  for (const user of ['workflow', 'alice', 'reader'])
    await put(kinto, `/accounts/${user}`, { data: { password: 'secret' } })
  await put(kinto, '/buckets/many', { permissions: { read: ['account:reader'] } }, 'workflow')
  await put(kinto, group, { data: { members: ['account:alice'] } }, 'workflow')
  for (const collection of collections) await put(kinto, collection, {}, 'workflow')
  for (let first = 0; first < all; first += 500) {
    const requests = Array.from({ length: 500 }, (_none, index) => {
      const uri = `${collections[Math.floor((first + index) / 20) % 5]}/records/r${first + index}`
      const data = question(uri, first + index)
      return { path: uri, body: { data, permissions: { write: [group] } } }
    })
    const { status, text } = await call(`${kinto.url}/v1/batch`, {
      method: 'POST',
      user: 'workflow',
      body: { defaults: { method: 'PUT' }, requests }
    })
    if (status !== 200) throw new Error(text)
  }
  const service = await realService(t, {
    env: {
      STEPFUNCTION_KINTO_URL: kinto.url,
      STEPFUNCTION_KINTO_AUTHORIZATION: as('workflow'),
      STEPFUNCTION_RESOURCES: '/buckets/many',
      STEPFUNCTION_AWS_REGION: region,
      STEPFUNCTION_AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
      STEPFUNCTION_AWS_ACCESS_KEY: credentials.accessKeyId,
      STEPFUNCTION_AWS_SECRET_KEY: credentials.secretAccessKey
    }
  })

  /** What each of some calls costs, in the mean. */
  async function measure(title: string, work: () => Promise<unknown>): Promise<void> {
    await work()
    const before = [usage(kinto.pid ?? 0), usage(service.pid ?? 0)].map(({ cpu }) => cpu)
    const begun = performance.now()
    for (let index = 0; index < measured; index++) await work()
    const ms = (performance.now() - begun) / measured
    const [ofKinto, ofService] = [usage(kinto.pid ?? 0), usage(service.pid ?? 0)].map(
      ({ cpu }, index) => (cpu - (before[index] ?? 0)) / measured / 1000
    )
    t.comment(
      `${title}: ${ms.toFixed(1)} ms; CPU of Kinto ${ofKinto?.toFixed(1)} ms, ` +
        `of the service ${ofService?.toFixed(1)} ms`
    )
  }

  const inbox = (user: string, query = '', headers: Record<string, string> = {}) =>
    call(`${service.url}/v1/stepfunction/inbox${query}`, { user, headers })
  const lists = (user: string, query: string) =>
    Promise.all(collections.map(path => call(`${kinto.url}/v1${path}/records?${query}`, { user })))
  const undecided = 'exclude_status=SUCCEED,FAIL&_limit=500'
  const fields = '_fields=subject,reviewer,requestedBy,expiresAt,choices,status'

  for (const user of ['alice', 'reader']) {
    const { body, headers } = await inbox(user)
    t.equal(headers.get('total-objects'), String(waiting))
    t.strictSame(
      body.data.map(({ id }: { id: string }) => id),
      Array.from({ length: waiting }, (_none, index) => `r${index * 20}`)
    )
    t.notOk(body.data.some(({ obstacle }: { obstacle?: string }) => obstacle !== undefined))
    const etag = String(headers.get('etag'))
    t.equal((await inbox(user, '', { 'if-none-match': etag })).status, 304)
    const mine = await inbox(user, '?reviewer=me')
    t.equal(mine.body.data.length, user === 'alice' ? waiting : 0)
    await measure(`${user}, a look`, () => inbox(user))
    await measure(`${user}, reviewer=me`, () => inbox(user, '?reviewer=me'))
    await measure(`${user}, decided`, () => inbox(user, '?status=decided'))
    await measure(`${user}, a poll without news`, () => inbox(user, '', { 'if-none-match': etag }))
    await measure(`${user}, Kinto's five lists`, () => lists(user, undecided))
    await measure(`${user}, with some fields`, () => lists(user, `${undecided}&${fields}`))
  }
})
