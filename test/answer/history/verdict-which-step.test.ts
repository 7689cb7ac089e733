import t from 'tap'
import { judge, suffices, type Verdict } from '../../../src/answer/history/verdict.ts'
import type { ExecutionHistory } from '../../../src/stepfunctions/history-part.ts'
import type { StepResult, WaitingStep } from '../../../src/stepfunctions/waiting-steps.ts'
import { foreign, ours, ref, step, timedOut } from './steps.ts'

/** A step whose input holds its token. */
function asked(result: StepResult | undefined, taskToken: string): WaitingStep {
  return { input: JSON.stringify({ Payload: { taskToken } }), result }
}

/** The verdict on the token `A+/=`. */
function judged(...steps: WaitingStep[]): Verdict {
  return judge(
    { execution: 'running', steps, complete: true },
    { ref, taskToken: 'A+/=', isDecided: true }
  )
}

/** A step whose input names no record. */
function nameless(result: StepResult): WaitingStep {
  return { input: '{"subject":"x"}', result }
}

t.test('a part of the history proves an answer, and nothing else', async t => {
  t.match(
    judge(
      { execution: 'running', steps: [step(ours())], complete: false },
      { ref, taskToken: undefined, isDecided: true }
    ),
    {
      kind: 'answered'
    }
  )
  t.same(
    judge(
      { execution: 'running', steps: [step(undefined)], complete: false },
      { ref, taskToken: undefined, isDecided: true }
    ),
    { kind: 'unclear' }
  )
  t.same(
    judge(
      { execution: 'aborted', steps: [], complete: false },
      { ref, taskToken: undefined, isDecided: true }
    ),
    {
      kind: 'unclear'
    }
  )
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

t.test(
  'the oldest step of a history that was cut has lost its input, and proves nothing',
  async t => {
    const question = { ref, taskToken: undefined, isDecided: true }
    const cut = { input: undefined, result: foreign }
    for (const [complete, kind] of [
      [false, 'unclear'],
      [true, 'answered']
    ] as const)
      for (const steps of [[cut], [step(undefined), cut]])
        t.match(judge({ execution: 'running', steps, complete }, question), { kind })
  }
)

t.test('how much of a history is enough', async t => {
  const mine = asked(ours(), 'A+/=')
  const rows: [title: string, steps: WaitingStep[], taskToken: string | undefined, is: boolean][] =
    [
      ['nothing', [], 'A+/=', false],
      ['the step of the token, answered', [mine], 'A+/=', true],
      ['the step of the token, open', [asked(undefined, 'A+/=')], 'A+/=', false],
      ['an answer to the record by another token', [asked(ours(), 'B')], 'A+/=', false],
      ['an answer to a record without a token', [step(ours())], undefined, true],
      ['another step', [asked(foreign, 'B')], undefined, false]
    ]
  for (const [title, steps, taskToken, is] of rows)
    for (const isDecided of [true, false]) {
      const history: ExecutionHistory = { execution: 'running', steps, complete: false }
      t.equal(suffices(history, { ref, taskToken, isDecided }), is, title)
    }
})

t.test('a result that names nobody counts when there is no other step', async t => {
  t.match(
    judge(
      { execution: 'running', steps: [nameless(foreign)], complete: true },
      { ref, taskToken: undefined, isDecided: true }
    ),
    { kind: 'answered' }
  )
  t.match(
    judge(
      { execution: 'running', steps: [nameless(foreign), nameless(foreign)], complete: true },
      { ref, taskToken: undefined, isDecided: true }
    ),
    { kind: 'unclear' }
  )
  t.match(
    judge(
      { execution: 'running', steps: [nameless(foreign)], complete: false },
      { ref, taskToken: undefined, isDecided: true }
    ),
    { kind: 'unclear' }
  )
})
