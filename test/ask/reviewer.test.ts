import t from 'tap'
import { startAsking } from '../helpers/asking.ts'

t.test(
  'a reviewer who is no principal is asked all the same, and the log says it once',
  async t => {
    const all = await startAsking(t)
    const warnings = (): unknown[] =>
      all.log.flatMap(({ level, msg }) =>
        level === 40 && /principal/.test(String(msg)) ? [msg] : []
      )
    t.match(await all.ask(all.question({ reviewer: 'account:alice' })), { status: 201 })
    t.match(await all.ask(all.question({})), { status: 201 })
    t.same(warnings(), [])
    t.match(await all.ask(all.question({ reviewer: 'alice' })), {
      status: 201,
      body: { data: { reviewer: 'alice' } }
    })
    t.match(await all.logged(/no principal/), {
      ref: { bucket: 'stepfunction', collection: 'steps' }
    })
    t.match(await all.ask(all.question({ reviewer: 'bob' })), { status: 201 })
    t.equal(warnings().length, 1)
  }
)
