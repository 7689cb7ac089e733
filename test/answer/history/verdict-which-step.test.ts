import t from 'tap'
import { judge, type Verdict } from '../../../src/answer/history/verdict.ts'
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
