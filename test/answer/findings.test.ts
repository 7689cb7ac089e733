import t from 'tap'
import { Findings } from '../../src/answer/findings.ts'

t.test('what is known of a token', async t => {
  const findings = new Findings()
  t.equal(findings.of('T'), undefined)
  const finding = findings.keep('T', { kind: 'answered', decision: { answer: 'FAIL' } })
  t.equal(findings.of('T'), finding)
  findings.keep('U', { kind: 'nothing' })
  t.same(findings.of('U'), { kind: 'nothing' })
})
