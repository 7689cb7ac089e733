import { KeyedQueue } from '../keyed-queue.ts'
import type { Callers } from '../kinto/callers.ts'
import { modifiedMeanwhile, Refusal, tooMany } from '../kinto/errors.ts'
import { followUp } from '../kinto/follow-up.ts'
import type { Log } from '../log.ts'
import { Shares } from '../shares.ts'
import type { StepFunctions } from '../stepfunctions/clients.ts'
import type { Activities } from './activities/activities.ts'
import { Admission } from './admission.ts'
import type { AdmittedAnswer, AnswerCall, AnswerToStep } from './admitted.ts'
import type { Backlog } from './backlog.ts'
import { fit } from './fit.ts'
import type { FormOptions } from './form.ts'
import { isAskedAgain } from './history/asked-again.ts'
import { judge, refuseRequester, usableStep } from './judgement.ts'
import {
  answeredBefore,
  reportAndRecord,
  type Outcome,
  type OutcomeOptions,
  type OutcomeOrNewToken
} from './outcome.ts'
import type { KnownDecision } from './record/decision.ts'
import type { OverNotes } from './record/over-notes.ts'
import type { RecordReader } from './record/reader.ts'
import { isDecided } from './record/reading.ts'
import { askedAgain } from './refusals.ts'
import { findToken } from './token.ts'
import { TokenFates } from './token-fates.ts'

export interface AnswersOptions extends FormOptions {
  stepFunctions: StepFunctions
  activities: Activities
  backlog: Backlog
  overNotes: OverNotes
  reader: RecordReader
  callers: Callers
  /** The `Authorization` of the service's own account. */
  serviceAuthorization: string | undefined
  log: Log
}

// Of the answers whose right is proved: those of one person, and those to one record.
const proven = { size: 2_000, share: 250 }
const inLine = { size: 1_000, share: 250 }

/** Takes answers: from the proof of a reviewer's right to the record that shows the decision. */
export class Answers {
  readonly #options: OutcomeOptions & FormOptions
  readonly #admission: Admission
  readonly #queue = new KeyedQueue()
  readonly #proven = new Shares(proven)
  readonly #inLine = new Shares(inLine)

  constructor(options: AnswersOptions) {
    this.#options = { ...options, tokenFates: new TokenFates() }
    this.#admission = new Admission(options)
  }

  /**
   * Takes an answer. At most one report per token is ever accepted, and every caller is told the
   * outcome.
   * @throws KintoRefusal (to be relayed), Refusal, KintoUnreachable, and the reason of
   * `clientGone`; within FollowUpFailed once Kinto has responded
   */
  async take(call: AnswerCall): Promise<Outcome> {
    const admitted = await this.#admission.admit(call)
    return await followUp(admitted.shown, () =>
      this.#proven.use(admitted.signed.answeredBy, tooMany('answers of yours'), () =>
        this.#answer(admitted)
      )
    )
  }

  async #answer(admitted: AdmittedAnswer): Promise<Outcome> {
    const { reading, caller } = admitted
    const refusal = refuseRequester(reading.data, caller)
    if (refusal !== undefined) throw refusal
    const known = await this.#provenDecision(admitted)
    if (known !== undefined) return await this.#answeredBefore(admitted, known)
    const toStep = await this.#toStep(admitted)
    if (toStep instanceof Refusal) return await this.#refuse(admitted, toStep)
    const first = await this.#answerStep(toStep)
    if (first.outcome !== 'token replaced') return first
    const again = await this.#answerStep({ ...toStep, dead: first.deadToken })
    if (again.outcome === 'token replaced') throw askedAgain()
    return again
  }

  /**
   * Refuses an answer that does not fit. What GET says goes first: that the step was answered, or
   * is over. An answer that fits need not be judged: to report it tells the same.
   * @throws Refusal
   */
  async #refuse(admitted: AdmittedAnswer, refusal: Refusal): Promise<Outcome> {
    const { obstacle } = await judge(admitted, this.#options)
    if (obstacle?.name === 'answered' && obstacle.decision.proof !== 'record')
      return await this.#answeredBefore(admitted, obstacle.decision)
    throw obstacle?.refusal ?? refusal
  }

  async #answeredBefore(admitted: AdmittedAnswer, decision: KnownDecision): Promise<Outcome> {
    return await this.#inTurn(admitted, () =>
      answeredBefore(admitted, decision, admitted.reading.taskToken, this.#options)
    )
  }

  /** The wait for a task comes before the turn, so that nobody waits for somebody's wait. */
  async #answerStep(toStep: AnswerToStep): Promise<OutcomeOrNewToken> {
    const found = await findToken(toStep, this.#options)
    try {
      return await this.#inTurn(toStep, () => reportAndRecord(toStep, found, this.#options))
    } finally {
      if ('task' in found) this.#options.activities.disclaim(found.task)
    }
  }

  /** One answer to a record at a time. Nobody fills the line with answers to one of them. */
  async #inTurn<T>({ signed: { record } }: AdmittedAnswer, task: () => Promise<T>): Promise<T> {
    return await this.#inLine.use(record, tooMany('answers to this record'), () =>
      this.#queue.run(record, task)
    )
  }

  /**
   * A decision that the record's receipt proves, so that nothing need be reported, if the step did
   * not come round again.
   */
  async #provenDecision({ reading, timeLeft }: AdmittedAnswer): Promise<KnownDecision | undefined> {
    const { decision } = reading
    if (decision?.proof !== 'receipt') return undefined
    return (await isAskedAgain(reading, decision, timeLeft, this.#options)) ? undefined : decision
  }

  /**
   * Finds the step of the record, and checks that the record is the one that the caller saw, and
   * that the answer fits it.
   * @returns Refusal 400, 409, 412
   */
  async #toStep(admitted: AdmittedAnswer): Promise<AnswerToStep | Refusal> {
    const { reading, seen } = admitted
    const step = await usableStep(admitted, this.#options)
    if (step instanceof Refusal) return step
    const version = JSON.stringify(reading.data['last_modified'])
    if (seen !== undefined && seen !== version && !isDecided(reading))
      return modifiedMeanwhile(reading.data, ['ETag', `"${version}"`])
    const answer = await fit(admitted, step.terms, this.#options)
    if (answer instanceof Refusal) return answer
    // Where the step came round again, the receipt is that of the token before.
    const dead = reading.decision?.proof === 'receipt' ? reading.taskToken : undefined
    return { ...admitted, step, answer, dead }
  }
}
