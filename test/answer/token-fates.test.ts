import t from 'tap'
import { Findings } from '../../src/answer/token-fates.ts'

t.test('what is known of a token is known for one record', async t => {
  const findings = new Findings()
  t.equal(findings.of('/r1', 'T'), undefined)
  const finding = findings.keep('/r1', 'T', {
    kind: 'answered',
    decision: { answer: 'FAIL', proof: 'report' }
  })
  t.equal(findings.of('/r1', 'T'), finding)
  t.equal(findings.of('/r2', 'T'), undefined)
  findings.keep('/r1', 'U', { kind: 'nothing' })
  t.same(findings.of('/r1', 'U'), { kind: 'nothing' })
})
