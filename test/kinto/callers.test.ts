import t from 'tap'
import { Callers } from '../../src/kinto/callers.ts'
import { KintoSession } from '../../src/kinto/session.ts'
import { createUpstream } from '../../src/kinto/upstream.ts'
import { startKinto } from '../helpers/kinto.ts'

t.test('one caller, once Kinto knows them, however they spell their credentials', async t => {
  const kinto = await startKinto(t)
  const { dispatcher, close } = createUpstream({ origin: kinto.url, timeoutMs: 5_000 })
  t.teardown(close)
  const server = { dispatcher, origin: kinto.url, timeoutMs: 5_000 }
  const callers = new Callers()
  const userInfo = btoa('alice:x')
  const spellings = [`Basic ${userInfo}`, `Basic !${userInfo}`, `Basic ${userInfo}!`]
  t.equal(new Set(spellings.map(text => callers.of(text).caller)).size, spellings.length)
  for (const text of spellings)
    await callers.ask(new KintoSession(server, ['Authorization', text], () => 5_000))
  for (const text of spellings)
    t.strictSame(callers.of(text), { caller: 'account:alice', isConfirmed: true })
  t.strictSame(callers.of(undefined), { caller: '', isConfirmed: false })
})
