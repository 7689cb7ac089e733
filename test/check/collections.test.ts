import t from 'tap'
import { checkCollections } from '../../src/check/collections.ts'
import { loadSettings } from '../../src/config/config.ts'
import { KintoSession } from '../../src/kinto/session.ts'
import { createUpstream } from '../../src/kinto/upstream.ts'
import { startKinto } from '../helpers/kinto.ts'

t.test('so many collections that there will soon be no inbox', async t => {
  for (const [count, results] of [
    [400, []],
    [401, [{ level: 'warning', text: /^There are 401 collections. With more than 500 / }]]
  ] as const) {
    const kinto = await startKinto(t, (_request, response) => {
      const data = Array.from({ length: count }, (_none, index) => ({ id: `c${index}` }))
      response.end(JSON.stringify({ data }))
    })
    const { dispatcher, close } = createUpstream({ origin: kinto.url, timeoutMs: 1_000 })
    t.teardown(close)
    const server = { dispatcher, origin: kinto.url, timeoutMs: 1_000 }
    const session = new KintoSession(server, [], () => 1_000)
    const settings = loadSettings({ argv: [], env: { STEPFUNCTION_RESOURCES: '/buckets/b' } })
    t.match(await checkCollections(session, settings), results)
  }
})
