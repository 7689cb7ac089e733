import t from 'tap'
import { taskResult, type SignedAnswer } from '../../../src/answer/record/task-output.ts'
import { judge, type Verdict } from '../../../src/answer/history/verdict.ts'
import { recordUri } from '../../../src/kinto/paths.ts'
import type { ExecutionHistory } from '../../../src/stepfunctions/history.ts'
import type { StepResult, WaitingStep } from '../../../src/stepfunctions/waiting-steps.ts'

const ref = {
  version: 'v1',
  bucket: 'b',
  collection: 'c',
  record: '111715b1-5bc4-4083-8756-e7477c256d30'
}
const other = { ...ref, record: '222715b1-5bc4-4083-8756-e7477c256d30' }
const at = new Date('2026-11-22T10:00:00Z')
const signed: SignedAnswer = {
  answer: 'SUCCEED',
  comment: undefined,
  error: undefined,
  answeredBy: 'account:alice',
  answeredAt: at.toISOString(),
  record: recordUri(ref),
  version: 1,
  answerId: 'id-1'
}
const foreign: StepResult = { kind: 'succeeded', output: '{}', at }
const timedOut: StepResult = { kind: 'timed out', at }

function ours(change: Partial<SignedAnswer> = {}): StepResult {
  const result = taskResult({ ...signed, ...change })
  return 'output' in result
    ? { kind: 'succeeded', output: result.output, at }
    : { kind: 'failed', error: result.error, cause: result.cause, waited: true, at }
}

function step(result: StepResult | undefined, ...named: string[]): WaitingStep {
  return { input: named.length === 0 ? undefined : JSON.stringify(named), result }
}

function asked(result: StepResult | undefined, taskToken: string): WaitingStep {
  return { input: JSON.stringify({ Payload: { taskToken } }), result }
}

function judged(...steps: WaitingStep[]): Verdict {
  return judge({ execution: 'running', steps, complete: true }, ref, 'A+/=')
}

function nameless(result: StepResult): WaitingStep {
  return { input: '{"subject":"x"}', result }
}

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
    t.match(judge({ execution, steps, complete: true }, ref, undefined), verdict)
  })
}

t.test('a part of the history proves an answer, and nothing else', async t => {
  t.match(judge({ execution: 'running', steps: [step(ours())], complete: false }, ref, undefined), {
    kind: 'answered'
  })
  t.same(
    judge({ execution: 'running', steps: [step(undefined)], complete: false }, ref, undefined),
    { kind: 'unclear' }
  )
  t.same(judge({ execution: 'aborted', steps: [], complete: false }, ref, undefined), {
    kind: 'unclear'
  })
})

t.test('a step that shows the token is the only one that counts', async t => {
  t.match(judged(asked(foreign, 'A+/='), asked(ours(), 'B')), {
    kind: 'answered',
    decision: { answer: 'SUCCEED', proof: 'history', answeredBy: undefined }
  })
  t.match(
    judged(asked(undefined, 'A+/='), asked(ours({ answer: 'FAIL' }), 'B')),
    { kind: 'open' },
    'an earlier turn of the same record'
  )
  t.match(
    judged(asked(timedOut, 'A+/='), asked(foreign, 'B')),
    { kind: 'over' },
    'another step before it'
  )
  t.match(
    judged(asked(timedOut, 'B'), asked(undefined, 'A+/=')),
    { kind: 'open' },
    'another step beside it'
  )
})

t.test('a result that names nobody counts when there is no other step', async t => {
  t.match(
    judge({ execution: 'running', steps: [nameless(foreign)], complete: true }, ref, undefined),
    { kind: 'answered' }
  )
  t.match(
    judge(
      { execution: 'running', steps: [nameless(foreign), nameless(foreign)], complete: true },
      ref,
      undefined
    ),
    { kind: 'unclear' }
  )
  t.match(
    judge({ execution: 'running', steps: [nameless(foreign)], complete: false }, ref, undefined),
    { kind: 'unclear' }
  )
})
