import { recordUri, type RecordRef } from '../../kinto/paths.ts'
import type { ExecutionHistory } from '../../stepfunctions/history-part.ts'
import type { WaitingStep } from '../../stepfunctions/waiting-steps.ts'
import type { KnownDecision } from '../record/decision.ts'
import { readBack } from '../record/task-output.ts'
import { isFor, isTurnOf, namesAnother } from './turn.ts'

/** The record was answered. Only an answer through this service names its reviewer. */
interface Answered {
  kind: 'answered'
  decision: KnownDecision
  answerId?: string
}

/** A record, as far as its part in a history is looked for. */
export interface QuestionOfRecord {
  ref: RecordRef
  /** The record's token; undefined where it has none. */
  taskToken: string | undefined
  /** Whether the record says that it is decided. */
  isDecided: boolean
  /** The answers that are looked for by their `answerId`, whatever turn of the step they got. */
  answerIds?: readonly string[]
}

/** What an execution's history says about one record. */
export type Verdict =
  | Answered
  /** The step or its execution is over, and the record was not answered. */
  | { kind: 'over'; reason: string; isWorkflowOver?: true }
  /**
   * The execution runs, and the record was not answered. Or it was, and its step came round again:
   * then `before` has the answers of the turns before, and `last` is the answer through this
   * service to the turn that ended last, if it got one.
   */
  | { kind: 'open'; before: KnownDecision[]; last?: KnownDecision | undefined }
  /** There is no history, it could not be read, or the part that was read does not tell. */
  | { kind: 'unclear' }

const endings = {
  succeeded: 'The workflow has ended.',
  failed: 'The workflow has failed.',
  'timed out': "The workflow's time has run out.",
  aborted: 'The workflow was stopped.'
} as const

/**
 * Reads the history for one record.
 *
 * Where a step shows the record's token (the parameters of a callback hold it), only that step
 * counts: an execution may have other steps, before it or beside it. Otherwise an answer of this
 * service counts for the record that it names. A result from elsewhere (the AWS console, say)
 * counts only if the task's input named this record and no other, or if there is no doubt: all was
 * read, and the input is not shown, or the step is the only one.
 *
 * Nothing in a history tells which turn of an activity's step a token belongs to. So a record that
 * says it is decided keeps its answer, whatever came later: else an answer that is sent twice could
 * count for two turns. A record that waits is told of its latest turn.
 */
export function judge(history: ExecutionHistory, question: QuestionOfRecord): Verdict {
  const { execution, complete } = history
  const { ref, taskToken, isDecided, answerIds = [] } = question
  const wanted = ownAnswers(history.steps, ref).find(isOneOf(answerIds))
  if (wanted !== undefined) return wanted
  const holding = stepsWith(taskToken, history)
  const turns = holding.length > 0 || isDecided ? [] : history.steps.filter(isTurnOf(ref))
  const isKnown = complete || taskToken === undefined
  if (isKnown && execution === 'running' && turns.some(({ result }) => result === undefined)) {
    const ended = turns.filter(({ result }) => result !== undefined)
    const last = ownAnswers(ended.slice(0, 1), ref)[0]?.decision
    return { kind: 'open', before: answersIn(history, ref), last }
  }
  const steps = holding.length > 0 ? holding : since(turns[0], history.steps)
  const [answered] = ownAnswers(steps, ref)
  if (answered !== undefined) return answered
  const foreign = steps.filter(isForeign)
  const attributed = foreign.find(
    step => holding.length > 0 || isFor(step, ref, { complete, isOnly: steps.length === 1 })
  )
  if (attributed !== undefined) return foreignAnswer(attributed)
  if (!complete) return { kind: 'unclear' }
  if (execution !== 'running')
    return { kind: 'over', reason: endings[execution], isWorkflowOver: true }
  const [newest] = history.steps.filter(step => !namesAnother(step, ref))
  const reason =
    newest === undefined || (holding.length > 0 && newest !== holding[0])
      ? undefined
      : overWithoutAnswer(newest)
  if (reason !== undefined) return { kind: 'over', reason }
  return foreign.length > 0 ? { kind: 'unclear' } : { kind: 'open', before: [] }
}

/** The steps from the newest back to this one. All, without it. */
function since(turn: WaitingStep | undefined, steps: WaitingStep[]): WaitingStep[] {
  return turn === undefined ? steps : steps.slice(0, steps.indexOf(turn) + 1)
}

function answersIn({ steps }: ExecutionHistory, ref: RecordRef): KnownDecision[] {
  const outside = steps.filter(isTurnOf(ref)).filter(isForeign).map(foreignAnswer)
  return [...ownAnswers(steps, ref), ...outside].map(({ decision }) => decision)
}

/**
 * Whether this much of a history is enough for the verdict: it has the answer, and no older step
 * could tell otherwise, since the step of the token is there, or the answer that is looked for.
 */
export function suffices(history: ExecutionHistory, question: QuestionOfRecord): boolean {
  const { taskToken, answerIds = [] } = question
  const verdict = judge(history, question)
  return (
    verdict.kind === 'answered' &&
    (taskToken === undefined ||
      stepsWith(taskToken, history).length > 0 ||
      isOneOf(answerIds)(verdict))
  )
}

function isOneOf(answerIds: readonly string[]): (answer: Answered) => boolean {
  return ({ answerId }) => answerId !== undefined && answerIds.includes(answerId)
}

function stepsWith(taskToken: string | undefined, { steps }: ExecutionHistory): WaitingStep[] {
  return taskToken === undefined ? [] : steps.filter(({ input }) => input?.includes(taskToken))
}

/** Why a step ended without an answer. Undefined if it did not. */
function overWithoutAnswer({ result }: WaitingStep): string | undefined {
  if (result?.kind === 'timed out') return 'The time for an answer has run out.'
  if (result?.kind === 'aborted') return 'Another part of the workflow has ended this step.'
  return result?.kind === 'failed' && !result.waited
    ? 'The step failed before it could wait for an answer.'
    : undefined
}

/** The part of a step's result in which this service would have written an answer. */
function resultText({ result }: WaitingStep): string | undefined {
  return result?.kind === 'succeeded'
    ? result.output
    : result?.kind === 'failed'
      ? result.cause
      : undefined
}

function ownAnswers(steps: WaitingStep[], ref: RecordRef): Answered[] {
  return steps.flatMap(step => {
    const answer = readBack(resultText(step))
    if (answer === undefined || answer.record !== recordUri(ref)) return []
    const { answerId, record: _record, ...decision } = answer
    return [{ kind: 'answered', decision: { ...decision, proof: 'history' }, answerId }]
  })
}

function isForeign(step: WaitingStep): boolean {
  const { result } = step
  return (
    (result?.kind === 'succeeded' || (result?.kind === 'failed' && result.waited)) &&
    readBack(resultText(step)) === undefined
  )
}

function foreignAnswer({ result }: WaitingStep): Answered {
  return {
    kind: 'answered',
    decision: {
      answer: result?.kind === 'succeeded' ? 'SUCCEED' : 'FAIL',
      answeredAt: result?.at?.toISOString(),
      proof: 'history'
    }
  }
}
