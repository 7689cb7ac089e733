import { orRefusal, Refusal } from '../../kinto/errors.ts'
import type { JsonObject } from '../../kinto/json.ts'
import type { RecordBounds } from '../../kinto/records.ts'
import { recordUri, type RecordRef } from '../../kinto/paths.ts'
import { isQuestion, isSameQuestion } from '../../seal/compare.ts'
import type { KnownDecision } from './decision.ts'
import { readReceipt, writeReceipt } from './receipt.ts'
import { questionChanged, type Glance, type Reading } from './reading.ts'
import { readDecision, readStep, textOf, type ArnPolicy, type Step } from './record.ts'
import { readTerms, type Terms } from './terms.ts'
import { readTokenField, type SealRules, type TokenField } from './token-field.ts'

export interface ReadingRules extends SealRules {
  policy: ArnPolicy
  /** Called with each reading of a record that somebody answers, asks in or looks at. */
  observe: (reading: Reading) => void
}

/** A step that waits for an answer, and what is said of its answers. */
export interface AskedStep extends Step {
  terms: Terms
}

/** An execution whose history can be asked for. */
export interface Execution {
  executionArn: string
  region: string
}

// For a question of at most 1 MiB and 10,000 values, and for open fields that were added to it.
const askedBounds: RecordBounds = { maxBytes: 2 * 1024 * 1024, maxValues: 20_000 }

/** Reads records by the rules of this service. */
export class RecordReader {
  readonly #rules: ReadingRules

  constructor(rules: ReadingRules) {
    this.#rules = rules
  }

  /**
   * The largest response of Kinto that can show a question that was asked here. Without a secret,
   * the largest that is worth the time to parse it.
   */
  get bounds(): RecordBounds {
    return this.#rules.seals === undefined ? { ...askedBounds, maxBytes: Infinity } : askedBounds
  }

  /**
   * What a record says. `ref` names it by its bucket's real id. Never throws: a field that cannot
   * be used is part of the reading.
   */
  read(ref: RecordRef, data: JsonObject): Reading {
    const glance = this.glance(ref, data)
    const { tokenField } = glance
    const { seals } = this.#rules
    const changed =
      seals === undefined || tokenField.kind !== 'sealed'
        ? []
        : seals.changed(recordUri(ref), tokenField.seal, data)
    return { ...glance, changed }
  }

  /** The same from the fields of `judgedBy` alone: changes of the question are not looked for. */
  glance(ref: RecordRef, data: JsonObject): Glance {
    const { seals } = this.#rules
    const tokenField = readTokenField(ref, data, this.#rules)
    const seal = tokenField.kind === 'sealed' ? tokenField.seal : undefined
    const taskToken = tokenField.kind === 'clear' ? tokenField.taskToken : seal?.taskToken
    const isAsked = seal?.question !== undefined
    const receipt = taskToken === undefined ? undefined : readReceipt(seals, ref, taskToken, data)
    const decision =
      receipt ?? (isAsked || unproven.has(tokenField.kind) ? undefined : readStatus(data))
    return { ref, data, tokenField, taskToken, isAsked, decision }
  }

  /** The region of a record's token. Undefined where the record names none that can be used. */
  regionOf({ tokenField, data, taskToken }: Glance): string | undefined {
    if (tokenField.kind === 'sealed') return tokenField.seal.region
    try {
      return readStep(data, { taskToken, isDecided: true }, this.#rules.policy).region
    } catch {
      return undefined
    }
  }

  /** To be called when somebody answers, asks in or looks at a record, not when a loop does. */
  observe(reading: Reading): void {
    this.#rules.observe(reading)
  }

  /**
   * The step of a record whose question is as it was asked, and the terms of its answers.
   * @throws Refusal 400 (nothing usable), 409 (the question was changed)
   */
  step(reading: Reading): AskedStep {
    const { data, changed } = reading
    const step = this.#namedStep(reading)
    const terms = readTerms(data)
    if (changed.length > 0) throw questionChanged(changed)
    return { ...step, terms }
  }

  /** @throws Refusal 400 */
  #namedStep({ tokenField, data, taskToken, decision }: Reading): Step {
    if ('refusal' in tokenField) throw tokenField.refusal
    const step = readStep(
      data,
      { taskToken, isDecided: decision !== undefined },
      this.#rules.policy
    )
    return tokenField.kind === 'sealed' ? { ...step, region: tokenField.seal.region } : step
  }

  /**
   * The execution whose history tells of the record: of a sealed question only the one that it was
   * asked with.
   */
  execution(reading: Reading): Execution | undefined {
    if (reading.isAsked) return this.sealedExecution(reading)
    const step = orRefusal(() => this.#namedStep(reading))
    return step instanceof Refusal || step.executionArn === undefined
      ? undefined
      : { executionArn: step.executionArn, region: step.region }
  }

  /** The execution of a sealed question, if the record still names it as the question did. */
  sealedExecution({ tokenField, data, changed, isAsked }: Reading): Execution | undefined {
    const executionArn = textOf(data['executionArn'])
    if (
      !isAsked ||
      tokenField.kind !== 'sealed' ||
      executionArn === undefined ||
      changed.includes('executionArn')
    )
      return undefined
    return { executionArn, region: tokenField.seal.region }
  }

  /** Whether a record's task comes from this activity. */
  asksActivity({ tokenField, data, changed }: Reading, activityArn: string): boolean {
    return (
      data['activityArn'] === activityArn &&
      !('refusal' in tokenField) &&
      !changed.includes('activityArn')
    )
  }

  /**
   * Whether a task with these seals in its input asks the record's question. Only a seal of this
   * record can deny it: without one it is not known, and taken for true.
   */
  isAskedBy({ ref, tokenField }: Glance, seals: ReadonlySet<string>): boolean {
    const opened = [...seals]
      .flatMap(text => this.#rules.seals?.open(recordUri(ref), text) ?? [])
      .filter(isQuestion)
    return (
      opened.length === 0 ||
      (tokenField.kind === 'sealed' && opened.some(seal => isSameQuestion(seal, tokenField.seal)))
    )
  }

  /**
   * A record's `taskToken` once its task has come: sealed with the question as it was asked, never
   * as the record has it by now.
   */
  sealFetched({ ref, tokenField }: Reading, taskToken: string, region: string): string {
    const { seals } = this.#rules
    if (seals === undefined) return taskToken
    if (tokenField.kind === 'sealed')
      return seals.withToken(recordUri(ref), tokenField.seal, taskToken)
    return seals.sealToken(recordUri(ref), {
      taskToken,
      fromActivity: true,
      region,
      heartbeatSeconds: undefined
    })
  }

  /**
   * The record's `answerReceipt`, for a decision that Step Functions took from this service, or
   * that the history of a sealed execution shows.
   */
  receipt(reading: Reading, taskToken: string, decision: KnownDecision): string | undefined {
    return writeReceipt(this.#rules.seals, reading, taskToken, decision)
  }
}

// A record whose seal does not open here was sealed once: only a receipt or the history proves its
// decision, never its `status`.
const unproven = new Set<TokenField['kind']>(['moved', 'unknown key'])

function readStatus(data: JsonObject): KnownDecision | undefined {
  const decision = readDecision(data)
  return decision === undefined ? undefined : { ...decision, proof: 'record' }
}
