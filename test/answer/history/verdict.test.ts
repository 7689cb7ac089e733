import t from 'tap'
import { judge, type Verdict } from '../../../src/answer/history/verdict.ts'
import { recordUri } from '../../../src/kinto/paths.ts'
import type { ExecutionHistory } from '../../../src/stepfunctions/history-part.ts'
import type { WaitingStep } from '../../../src/stepfunctions/waiting-steps.ts'
import { at, foreign, other, ours, ref, step, timedOut } from './steps.ts'

const rows: [
  title: string,
  execution: ExecutionHistory['execution'],
  steps: WaitingStep[],
  verdict: Partial<Verdict> & { decision?: object }
][] = [
  [
    'our SUCCEED',
    'running',
    [step(ours())],
    {
      kind: 'answered',
      answerId: 'id-1',
      decision: { answer: 'SUCCEED', proof: 'history', answeredBy: 'account:alice' }
    }
  ],
  [
    'our FAIL',
    'failed',
    [step(ours({ answer: 'FAIL', comment: 'no' }))],
    { kind: 'answered', decision: { answer: 'FAIL', proof: 'history', comment: 'no' } }
  ],
  [
    'our answer in an earlier turn of a loop',
    'running',
    [step(undefined, other.record), step(ours({ record: recordUri(other) })), step(ours())],
    { kind: 'answered', answerId: 'id-1' }
  ],
  [
    "another record's answer, and the step came round again",
    'running',
    [
      step(undefined, ref.record, other.record),
      step(ours({ record: recordUri(other) }), ref.record, other.record)
    ],
    { kind: 'open' }
  ],
  [
    "another record's answer, and the workflow is over",
    'succeeded',
    [step(ours({ record: recordUri(other) }))],
    { kind: 'over', reason: 'The workflow has ended.' }
  ],
  [
    'somebody outside succeeded the task',
    'running',
    [step(foreign, ref.record)],
    {
      kind: 'answered',
      decision: { answer: 'SUCCEED', proof: 'history', answeredAt: at.toISOString() }
    }
  ],
  [
    'somebody outside failed the task',
    'running',
    [step({ kind: 'failed', error: 'x', cause: undefined, waited: true, at })],
    { kind: 'answered', decision: { answer: 'FAIL', proof: 'history' } }
  ],
  [
    'somebody outside, for another record',
    'running',
    [step(foreign, other.record)],
    { kind: 'unclear' }
  ],
  [
    'somebody outside, for one of several',
    'running',
    [step(foreign, recordUri(ref), recordUri(other))],
    { kind: 'unclear' }
  ],
  [
    'the step expired',
    'running',
    [step(timedOut, ref.record)],
    { kind: 'over', reason: 'The time for an answer has run out.' }
  ],
  [
    'it expired, and another record waits',
    'running',
    [step(undefined, other.record), step(timedOut, ref.record)],
    { kind: 'over' }
  ],
  [
    'it expired, and was asked again',
    'running',
    [step(undefined, ref.record), step(timedOut, ref.record)],
    { kind: 'open' }
  ],
  [
    'its question never got out',
    'running',
    [step({ kind: 'failed', error: 'Lambda.Unknown', cause: undefined, waited: false, at })],
    { kind: 'over', reason: 'The step failed before it could wait for an answer.' }
  ],
  [
    'another part of the workflow ended it',
    'running',
    [step({ kind: 'aborted', at })],
    { kind: 'over', reason: 'Another part of the workflow has ended this step.' }
  ],
  [
    'somebody outside, beside another step, for the record by its URI',
    'running',
    [step(undefined, other.record), step(foreign, recordUri(ref))],
    { kind: 'answered', decision: { answer: 'SUCCEED', proof: 'history' } }
  ],
  ['it waits', 'running', [step(undefined, ref.record)], { kind: 'open' }],
  [
    'it was stopped',
    'aborted',
    [step(undefined, ref.record)],
    { kind: 'over', reason: 'The workflow was stopped.' }
  ],
  [
    'the machine timed out',
    'timed out',
    [],
    { kind: 'over', reason: "The workflow's time has run out." }
  ],
  ['the workflow failed', 'failed', [], { kind: 'over', reason: 'The workflow has failed.' }]
]

for (const [title, execution, steps, verdict] of rows) {
  t.test(title, async t => {
    t.match(
      judge({ execution, steps, complete: true }, { ref, taskToken: undefined, isDecided: true }),
      verdict
    )
  })
}
