import t from 'tap'
import { checkReviewers } from '../../src/check/reviewers.ts'
import { loadSettings } from '../../src/config/config.ts'
import { KintoSession } from '../../src/kinto/session.ts'
import { createUpstream } from '../../src/kinto/upstream.ts'
import { startKinto } from '../helpers/kinto.ts'

t.test('questions that wait for somebody who cannot be', async t => {
  const uri = '/buckets/b/collections/c'
  const check = async (records: object[], status = 200): Promise<object[]> => {
    const kinto = await startKinto(t, (_request, response) => {
      response.writeHead(status).end(JSON.stringify({ data: records }))
    })
    const { dispatcher, close } = createUpstream({ origin: kinto.url, timeoutMs: 1_000 })
    t.teardown(close)
    const server = { dispatcher, origin: kinto.url, timeoutMs: 1_000 }
    const session = new KintoSession(server, [], () => 1_000)
    return await checkReviewers(
      session,
      loadSettings({ argv: [], env: { STEPFUNCTION_RESOURCES: uri } })
    )
  }
  const right = [{ id: 'r1', reviewer: 'account:alice' }, { id: 'r2' }, { id: 'r3', reviewer: 7 }]
  t.same(await check(right), [])
  t.same(await check([...right, { id: 'r4', reviewer: 'alice' }, { id: 'r5', reviewer: 'bob' }]), [
    {
      level: 'warning',
      text:
        `Questions in ${uri} wait whose reviewer is no principal of Kinto: 2, such as r4. ` +
        'A principal is written as account:alice is.'
    }
  ])
  t.same(await check([], 400), [], 'a Kinto that does not take the query')
})
