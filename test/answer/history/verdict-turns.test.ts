import t from 'tap'
import { judge } from '../../../src/answer/history/verdict.ts'
import { recordUri } from '../../../src/kinto/paths.ts'
import type { ExecutionHistory } from '../../../src/stepfunctions/history-part.ts'
import type { WaitingStep } from '../../../src/stepfunctions/waiting-steps.ts'
import { foreign, other, ours, ref, step, timedOut } from './steps.ts'

const failed = ours({ answer: 'FAIL' })
const open = { kind: 'open', before: [{ answer: 'FAIL', proof: 'history' }] }
const no = { kind: 'answered', decision: { answer: 'FAIL' } }

/** What a history says of a record that waits, and of one that says it is decided. */
const rows: [
  title: string,
  steps: WaitingStep[],
  waits: object,
  isDecided: object,
  execution?: ExecutionHistory['execution']
][] = [
  ['it came round', [step(undefined, ref.record), step(failed, ref.record)], open, no],
  ['by its URI', [step(undefined, recordUri(ref)), step(failed, recordUri(ref))], open, no],
  [
    'it came round, and another answer was given',
    [step(ours(), ref.record), step(failed, ref.record)],
    { kind: 'answered', decision: { answer: 'SUCCEED' } },
    { kind: 'answered', decision: { answer: 'SUCCEED' } }
  ],
  [
    'after an answer from outside',
    [step(undefined, ref.record), step(foreign, ref.record)],
    { kind: 'open', before: [{ answer: 'SUCCEED', answeredBy: undefined }] },
    { kind: 'answered', decision: { answer: 'SUCCEED' } }
  ],
  [
    'it came round, and its time ran out',
    [step(timedOut, ref.record), step(failed, ref.record)],
    { kind: 'over', reason: 'The time for an answer has run out.' },
    no
  ],
  [
    'it came round for the second time',
    [step(undefined, ref.record), step(timedOut, ref.record), step(failed, ref.record)],
    open,
    no
  ],
  [
    'it came round, and the workflow was stopped',
    [step(undefined, ref.record), step(failed, ref.record)],
    { kind: 'over', reason: 'The workflow was stopped.' },
    no,
    'aborted'
  ],
  [
    "another record's step came round",
    [step(undefined, other.record), step(failed, ref.record)],
    no,
    no
  ],
  [
    'beside a branch that still waits for the record',
    [step(failed, ref.record), step(undefined, ref.record)],
    open,
    no
  ],
  [
    'a step for several records, of which this one was answered: nobody counts twice',
    [step(undefined, ref.record, other.record), step(failed, ref.record, other.record)],
    no,
    no
  ],
  ['a step whose input is not shown', [step(undefined), step(failed)], no, no]
]

for (const [title, steps, waits, decided, execution = 'running'] of rows) {
  t.test(title, async t => {
    const history = { execution, steps, complete: true }
    const question = { ref, taskToken: undefined }
    t.match(judge(history, { ...question, isDecided: false }), waits, 'it waits')
    t.match(judge(history, { ...question, isDecided: true }), decided, 'it is decided')
  })
}

t.test('a turn is known from a part of the history, but not which one a token is of', async t => {
  const history: ExecutionHistory = {
    execution: 'running',
    steps: [step(undefined, ref.record)],
    complete: false
  }
  t.match(judge(history, { ref, taskToken: undefined, isDecided: false }), { kind: 'open' })
  t.match(judge(history, { ref, taskToken: 'T', isDecided: false }), { kind: 'unclear' })
})
