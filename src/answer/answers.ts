import { randomUUID } from 'node:crypto'
import { conflict, modifiedMeanwhile, unavailable } from '../kinto/errors.ts'
import { recordUri } from '../kinto/paths.ts'
import type { StepFunctions } from '../stepfunctions/clients.ts'
import type { Activities } from './activities/activities.ts'
import type { Backlog } from './backlog.ts'
import { readVerdict } from './history/history.ts'
import type { KnownDecision } from './record/decision.ts'
import { TokenFates } from './token-fates.ts'
import type { Log } from '../log.ts'
import { taskResult } from './record/task-output.ts'
import { fetchRecord, identify, proveWrite, realRef } from '../kinto/permission.ts'
import { KeyedQueue } from './queue.ts'
import { Shares } from '../shares.ts'
import type { Callers } from '../kinto/callers.ts'
import type { RecordReader } from './record/reader.ts'
import { readAnswer, readIfMatch } from './request.ts'
import {
  answeredBefore,
  reportAndRecord,
  type OutcomeOrNewToken,
  type OutcomeOptions,
  type Outcome
} from './outcome.ts'
import { findToken, type TokenOrDecision } from './token.ts'
import type { AdmittedAnswer, AnswerCall, AnswerToStep } from './admitted.ts'

export interface AnswersOptions {
  stepFunctions: StepFunctions
  activities: Activities
  backlog: Backlog
  reader: RecordReader
  callers: Callers
  /** The `Authorization` of the service's own account. */
  serviceAuthorization: string | undefined
  log: Log
}

// As many as may wait for their tasks. Each has up to three requests to Kinto at the same time.
const proving = { size: 1_000, share: 250 }
// By record.
const inLine = { size: 1_000, share: 250 }

/** Takes answers: from the proof of a reviewer's right to the record that shows the decision. */
export class Answers {
  readonly #options: AnswersOptions
  readonly #queue = new KeyedQueue()
  readonly #tokenFates = new TokenFates()
  readonly #proving = new Shares(proving)
  readonly #inLine = new Shares(inLine)

  constructor(options: AnswersOptions) {
    this.#options = options
  }

  /**
   * Takes an answer. At most one report per token is ever accepted, and every caller is told the
   * outcome.
   * @throws KintoRefusal (to be relayed), Refusal, KintoUnreachable, and the reason of `clientGone`
   */
  async take(call: AnswerCall): Promise<Outcome> {
    const options = { ...this.#options, tokenFates: this.#tokenFates }
    const admitted = await this.#admit(call)
    const known = await this.#provenDecision(admitted)
    if (known !== undefined)
      return await this.#inTurn(admitted, () =>
        answeredBefore(admitted, known, admitted.reading.taskToken, options)
      )
    const toStep = this.#toStep(admitted)
    const found = await findToken(toStep, undefined, options)
    const first = await this.#reportAndRecord(toStep, found, options)
    if (first.outcome !== 'token replaced') return first
    const next = await findToken(toStep, first.deadToken, options)
    const again = await this.#reportAndRecord(toStep, next, options)
    if (again.outcome === 'token replaced')
      throw conflict(
        'The workflow asked again while you answered. Look at the record, then answer again.'
      )
    return again
  }

  async #reportAndRecord(
    toStep: AnswerToStep,
    found: TokenOrDecision,
    options: OutcomeOptions
  ): Promise<OutcomeOrNewToken> {
    try {
      return await this.#inTurn(toStep, () => reportAndRecord(toStep, found, options))
    } finally {
      if ('task' in found) options.activities.disclaim(found.task)
    }
  }

  /** One answer to a record at a time. Nobody fills the line with answers to one of them. */
  async #inTurn<T>({ signed: { record } }: AdmittedAnswer, task: () => Promise<T>): Promise<T> {
    if (!this.#inLine.take(record))
      throw unavailable('Too many answers to this record. Try again in a moment.', {
        retryAfter: 3
      })
    try {
      return await this.#queue.run(record, task)
    } finally {
      this.#inLine.giveBack(record)
    }
  }

  /** A caller who is not proven yet may be anybody, so their number is limited. */
  async #admit(call: AnswerCall): Promise<AdmittedAnswer> {
    const { caller, isConfirmed } = this.#options.callers.of(call.session.authorization)
    if (!this.#proving.take(caller, 1, isConfirmed))
      throw unavailable('Too many answers are being checked. Try again in a moment.', {
        retryAfter: 3
      })
    try {
      return await this.#prove(call)
    } finally {
      this.#proving.giveBack(caller, 1, isConfirmed)
    }
  }

  /** Proves that the caller may write the record, and reads their answer and the record. */
  async #prove(call: AnswerCall): Promise<AdmittedAnswer> {
    const { ref, session, readBody } = call
    const { permissions } = await fetchRecord(session, ref, this.#options.reader.bounds)
    const request = readAnswer(await readBody())
    readIfMatch(call.ifMatch)
    const identified = identify(session, ref.version)
    // If the probe is refused, the caller gets its refusal, whatever the root view says.
    identified.catch(() => undefined)
    const { data } = await proveWrite(session, ref)
    const caller = await identified
    this.#options.callers.confirm(session, caller)
    const version = data['last_modified']
    const real = realRef(ref, caller)
    const signed = {
      ...request,
      answeredBy: caller.principal,
      answeredAt: new Date().toISOString(),
      record: recordUri(real),
      version,
      answerId: randomUUID()
    }
    taskResult(signed)
    const { serviceAuthorization, reader, log } = this.#options
    const reading = reader.read(real, data)
    reader.observe(reading)
    const serviceAccount =
      serviceAuthorization === undefined ? undefined : session.as(serviceAuthorization)
    return { ...call, ref: real, signed, reading, permissions, serviceAccount, log }
  }

  /**
   * A decision that is proven already, so that nothing need be reported: by a receipt, or, where
   * the question was changed after it was asked, by the history.
   */
  async #provenDecision({
    reading,
    ref,
    timeLeft
  }: AdmittedAnswer): Promise<KnownDecision | undefined> {
    const { reader, stepFunctions, log } = this.#options
    if (reading.decision?.proof === 'receipt') return reading.decision
    const execution = reading.changed.length === 0 ? undefined : reader.sealedExecution(reading)
    if (execution === undefined) return undefined
    const verdict = await readVerdict(
      { ...execution, ref, taskToken: reading.taskToken, timeLeft },
      stepFunctions,
      log
    )
    return verdict.kind === 'answered' ? verdict.decision : undefined
  }

  /** Finds the step of the record, and checks that the record is the one that the caller saw. */
  #toStep(admitted: AdmittedAnswer): AnswerToStep {
    const { reading, ifMatch } = admitted
    const step = this.#options.reader.step(reading)
    const seen = readIfMatch(ifMatch)
    const version = JSON.stringify(reading.data['last_modified'])
    if (seen !== undefined && seen !== version && reading.decision === undefined)
      throw modifiedMeanwhile(reading.data, ['ETag', `"${version}"`])
    return { ...admitted, step }
  }
}
