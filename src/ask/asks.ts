import { identify, proveCreate, realRef } from '../kinto/permission.ts'
import { requireParsable } from '../kinto/records.ts'
import type { Reading } from '../answer/record/reading.ts'
import type { ArnPolicy } from '../answer/record/record.ts'
import { existingIn, lookAgainMs, versionOf } from '../answer/record/update.ts'
import type { Callers } from '../kinto/callers.ts'
import { jsonObject, KintoRefusal, type KintoResponse } from '../kinto/client.ts'
import { conflict, invalid, Refusal, unavailable } from '../kinto/errors.ts'
import { followUp } from '../kinto/follow-up.ts'
import { selectHeaders } from '../kinto/headers.ts'
import { isJsonObject, type JsonObject } from '../kinto/json.ts'
import { isPrincipal } from '../kinto/principals.ts'
import { recordPath, type CollectionRef, type RecordRef } from '../kinto/paths.ts'
import type { KintoSession } from '../kinto/session.ts'
import { checkForm } from '../answer/form.ts'
import type { Forms } from '../form/forms.ts'
import { changeFor, recordOf } from './change.ts'
import type { AskOutcome, Placement, PlacementOptions } from './placement.ts'
import { readQuestion, type AskedQuestion } from './question.ts'
import { backoff, pause } from '../wait.ts'

export interface AsksOptions extends PlacementOptions {
  callers: Callers
  forms: Forms
  policy: ArnPolicy
}

/** A client's POST to the endpoint for questions. */
export interface AskCall {
  ref: CollectionRef
  session: KintoSession
  /** Of the request, a flat list. */
  headers: readonly string[]
  readBody: () => Promise<Uint8Array>
}

/** A question that stands in its record. */
export interface AskResult {
  outcome: AskOutcome
  /** The record, with the real id of its bucket. */
  ref: RecordRef
  /** Kinto's response with the record; or, where the caller may not read it, Kinto's refusal. */
  response: KintoResponse
  mayRead: boolean
}

const conditions = new Set(['if-match', 'if-none-match'])

const mostTries = 10
const pauses = { firstMs: 50, longestMs: 1_000 }

/**
 * The use case: a workflow asks. Its question then stands in one record, sealed, however often it
 * is asked.
 */
export class Asks {
  readonly #options: AsksOptions
  #toldOfReviewer = false

  constructor(options: AsksOptions) {
    this.#options = options
  }

  /**
   * Puts a question into its record. Asked again, it finds the same record. Nothing is lost when
   * the process is killed between any two of its requests to Kinto.
   * @throws KintoRefusal (to be relayed), Refusal 400, 409, 410, 503, KintoUnreachable; within
   * FollowUpFailed once Kinto has responded
   */
  async ask(call: AskCall): Promise<AskResult> {
    return await followUp(await proveCreate(call.session, call.ref), () => this.#ask(call))
  }

  async #ask({ ref, session, headers, readBody }: AskCall): Promise<AskResult> {
    if (selectHeaders(headers, name => conditions.has(name)).length > 0)
      throw invalid('header', 'If-Match', 'A question is asked without If-Match and If-None-Match.')
    const asked = readQuestion(await readBody(), this.#options.policy)
    await this.#requireForm(asked, session)
    const named = { ...ref, record: asked.id }
    const real =
      ref.bucket === 'default' ? realRef(named, await identify(session, ref.version)) : named
    const result = await this.#place({ asked, ref: named, real, session })
    void this.#options.callers.ask(session)
    this.#lookAtReviewer(asked, result.ref)
    return result
  }

  /** @throws Refusal 400 for a form that nobody could use, 503 when it cannot be looked at */
  async #requireForm({ record }: AskedQuestion, { authorization }: KintoSession): Promise<void> {
    const { callers, forms } = this.#options
    const { caller: principal } = callers.of(authorization)
    const refusal = await checkForm(record, { principal }, { forms, location: 'body' })
    if (refusal !== undefined) throw refusal
  }

  /** The field is only shown, so nothing is refused for it. Once is enough for its author. */
  #lookAtReviewer({ record: { reviewer } }: AskedQuestion, ref: RecordRef): void {
    if (this.#toldOfReviewer || typeof reviewer !== 'string' || isPrincipal(reviewer)) return
    this.#toldOfReviewer = true
    this.#options.log.warn(
      { ref },
      'the reviewer of a question is no principal of Kinto, such as account:alice'
    )
  }

  async #place(placement: Placement): Promise<AskResult> {
    const { asked, ref, real, session } = placement
    const { seals } = this.#options
    const asAsked = { data: recordOf(placement, seals), permissions: asked.permissions }
    let outcome: AskOutcome = 'as it was'
    let existing: JsonObject | undefined
    for (let tries = 0; tries < mostTries; tries++) {
      if (existing === undefined) {
        const created = await put(placement, asAsked, ['If-None-Match', '*'])
        if (created.status === 201 && dataIn(created) !== undefined)
          return { outcome: 'created', ref: real, response: created, mayRead: true }
        requireParsable(created, this.#options.reader.bounds)
        existing = existingIn(created)
        if (existing === undefined) throw new KintoRefusal(created)
      }
      const shown = await session.get(recordPath(ref))
      if (shown.status === 404) {
        // Deleted since: what Kinto showed of it no longer counts.
        existing = undefined
        continue
      }
      const { reading, mayRead } = this.#read(real, shown, existing)
      const change = await changeFor(placement, reading, this.#options).catch((error: unknown) => {
        throw mayRead ? error : withoutDetails(error)
      })
      if (change === undefined) return { outcome, ref: real, response: shown, mayRead }
      const { ifMatch } = versionOf(reading.data)
      const written = await put(
        placement,
        change.body,
        ifMatch === undefined ? [] : ['If-Match', ifMatch]
      )
      if (written.status !== 200 && written.status !== 412) throw new KintoRefusal(written)
      existing = existingIn(written) ?? dataIn(written)
      if (written.status !== 200) continue
      outcome = change.outcome
      // Another change at the same time may have undone this one. It counts once it was seen.
      await pause(lookAgainMs)
    }
    throw unavailable('Others change this record all the time. Try again in a moment.', {
      retryAfter: 3
    })
  }

  /**
   * Reads the record as the caller sees it. Where they may not read it, reads what Kinto's 412
   * showed: of that they are told nothing.
   */
  #read(
    real: RecordRef,
    shown: KintoResponse,
    existing: JsonObject
  ): { reading: Reading; mayRead: boolean } {
    if (shown.status >= 500) throw new KintoRefusal(shown)
    requireParsable(shown, this.#options.reader.bounds)
    const data = shown.status === 200 ? dataIn(shown) : undefined
    const { reader } = this.#options
    const reading = reader.read(real, data ?? existing)
    reader.observe(reading)
    return { reading, mayRead: data !== undefined }
  }
}

/** Of several writes at once, Kinto on PostgreSQL refuses some with 409 and asks to repeat them. */
async function put(
  { ref, session }: Placement,
  body: object,
  headers: string[]
): Promise<KintoResponse> {
  const send = (): Promise<KintoResponse> =>
    session.put(recordPath(ref), JSON.stringify(body), headers)
  let response = await send()
  for (let tries = 1; response.status === 409 && tries < mostTries; tries++) {
    await pause(backoff(pauses, tries - 1))
    response = await send()
  }
  return response
}

function dataIn(response: KintoResponse): JsonObject | undefined {
  const { data } = jsonObject(response)
  return isJsonObject(data) ? data : undefined
}

/** A caller who may not read the record is told nothing of it. */
function withoutDetails(error: unknown): unknown {
  return error instanceof Refusal && error.problem.details !== undefined
    ? conflict('Another question stands in this record.')
    : error
}
