import t from 'tap'
import { answered, TokenFates } from '../../src/answer/token-fates.ts'

t.test('what is known of a token is known for one record', async t => {
  const tokenFates = new TokenFates()
  t.equal(tokenFates.of('/r1', 'T'), undefined)
  const fate = tokenFates.keep('/r1', 'T', answered({ answer: 'FAIL', proof: 'report' }))
  t.equal(tokenFates.of('/r1', 'T'), fate)
  t.equal(tokenFates.of('/r2', 'T'), undefined)
  tokenFates.keep('/r1', 'U', { kind: 'nothing' })
  t.same(tokenFates.of('/r1', 'U'), { kind: 'nothing' })
})
