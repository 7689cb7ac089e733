import t from 'tap'
import type { KnownDecision } from '../../../src/answer/record/decision.ts'
import { hasShown } from '../../../src/answer/record/recording.ts'

const at = '2026-11-22T10:00:00.000Z'
const receipt: KnownDecision = { answer: 'FAIL', answeredAt: at, proof: 'receipt' }

t.test('a record has shown a decision: by its own words, or by its receipt', async t => {
  const rows: [
    data: Record<string, unknown>,
    decision: KnownDecision | undefined,
    answeredAt: string | undefined,
    is: boolean
  ][] = [
    [{ status: 'UNANSWERED', answeredAt: at }, undefined, at, true],
    [{ status: 'UNANSWERED' }, receipt, at, true],
    [{ status: 'UNANSWERED' }, undefined, at, false],
    [{ answeredAt: '2026-11-22T09:00:00.000Z' }, undefined, at, false],
    [{}, undefined, undefined, false]
  ]
  for (const [data, decision, answeredAt, is] of rows)
    t.equal(hasShown({ data, decision }, { answeredAt }), is, JSON.stringify({ data, answeredAt }))
})
