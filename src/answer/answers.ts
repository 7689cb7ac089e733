import type { Callers } from '../kinto/callers.ts'
import { modifiedMeanwhile, tooMany } from '../kinto/errors.ts'
import { followUp } from '../kinto/follow-up.ts'
import type { Log } from '../log.ts'
import { Shares } from '../shares.ts'
import type { StepFunctions } from '../stepfunctions/clients.ts'
import type { Activities } from './activities/activities.ts'
import { Admission } from './admission.ts'
import type { AdmittedAnswer, AnswerCall, AnswerToStep } from './admitted.ts'
import type { Backlog } from './backlog.ts'
import { isAskedAgain } from './history/asked-again.ts'
import { readVerdict } from './history/history.ts'
import {
  answeredBefore,
  reportAndRecord,
  type Outcome,
  type OutcomeOptions,
  type OutcomeOrNewToken
} from './outcome.ts'
import { KeyedQueue } from './queue.ts'
import type { KnownDecision } from './record/decision.ts'
import type { OverNotes } from './record/over-notes.ts'
import type { RecordReader } from './record/reader.ts'
import { isDecided } from './record/reading.ts'
import { askedAgain } from './refusals.ts'
import { findToken } from './token.ts'
import { TokenFates } from './token-fates.ts'

export interface AnswersOptions {
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
  readonly #options: OutcomeOptions
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
    const known = await this.#provenDecision(admitted)
    if (known !== undefined)
      return await this.#inTurn(admitted, () =>
        answeredBefore(admitted, known, admitted.reading.taskToken, this.#options)
      )
    const toStep = this.#toStep(admitted)
    const first = await this.#answerStep(toStep)
    if (first.outcome !== 'token replaced') return first
    const again = await this.#answerStep({ ...toStep, dead: first.deadToken })
    if (again.outcome === 'token replaced') throw askedAgain()
    return again
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
   * A decision that is proven already, so that nothing need be reported: by a receipt, if the step
   * did not come round again; or by the history, where the question was changed after it was asked.
   */
  async #provenDecision(admitted: AdmittedAnswer): Promise<KnownDecision | undefined> {
    const { reading, ref, timeLeft } = admitted
    const { reader, stepFunctions, log } = this.#options
    const { decision } = reading
    if (decision?.proof === 'receipt')
      return (await isAskedAgain(reading, decision, timeLeft, this.#options)) ? undefined : decision
    const execution = reading.changed.length === 0 ? undefined : reader.sealedExecution(reading)
    if (execution === undefined) return undefined
    const { taskToken } = reading
    const query = { ...execution, ref, taskToken, isDecided: isDecided(reading), timeLeft }
    const verdict = await readVerdict(query, stepFunctions, log)
    return verdict.kind === 'answered' ? verdict.decision : undefined
  }

  /** Finds the step of the record, and checks that the record is the one that the caller saw. */
  #toStep(admitted: AdmittedAnswer): AnswerToStep {
    const { reading, seen } = admitted
    const step = this.#options.reader.step(reading)
    const version = JSON.stringify(reading.data['last_modified'])
    if (seen !== undefined && seen !== version && !isDecided(reading))
      throw modifiedMeanwhile(reading.data, ['ETag', `"${version}"`])
    // Where the step came round again, the receipt is that of the token before.
    const dead = reading.decision?.proof === 'receipt' ? reading.taskToken : undefined
    return { ...admitted, step, dead }
  }
}
