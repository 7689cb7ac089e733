import { randomUUID } from 'node:crypto'
import type { Callers } from '../kinto/callers.ts'
import { tooMany } from '../kinto/errors.ts'
import { followUp } from '../kinto/follow-up.ts'
import { headerValues } from '../kinto/headers.ts'
import { recordUri } from '../kinto/paths.ts'
import { identify, proveWrite, realRef, type Caller, type Proven } from '../kinto/permission.ts'
import { fetchRecord, type FetchedRecord } from '../kinto/records.ts'
import type { Log } from '../log.ts'
import { Shares } from '../shares.ts'
import type { AdmittedAnswer, AnswerCall } from './admitted.ts'
import type { RecordReader } from './record/reader.ts'
import { writersOf } from './record/update.ts'
import { readAnswer, readIfMatch } from './request.ts'

export interface AdmissionOptions {
  reader: RecordReader
  callers: Callers
  /** The `Authorization` of the service's own account. */
  serviceAuthorization: string | undefined
  log: Log
}

/** What Kinto is asked about a caller and a record. */
interface Asked {
  record: Promise<FetchedRecord>
  right: Promise<Proven & { at: number }>
  caller: Promise<Caller>
}

// As many as may wait for their tasks. Each has up to three requests to Kinto at the same time.
const places = { size: 1_000, share: 250 }

// While a body comes slowly, the right to write may be taken away, and the record be changed.
const provenForMs = 1_000

/** Proves that callers may write their records, and reads what they answer. */
export class Admission {
  readonly #options: AdmissionOptions
  readonly #places = new Shares(places)

  constructor(options: AdmissionOptions) {
    this.#options = options
  }

  /**
   * Admits an answer. A caller who is not proven yet may be anybody, so their number is limited.
   * @throws KintoRefusal (to be relayed), Refusal 400, 503, KintoUnreachable
   */
  async admit(call: AnswerCall): Promise<AdmittedAnswer> {
    const { caller, isConfirmed } = this.#options.callers.of(call.session.authorization)
    const prove = async (): Promise<AdmittedAnswer> => {
      const asked = this.#ask(call, isConfirmed)
      const { permissions, response } = await asked.record
      const shown = { headers: response.headers, permissions }
      return await followUp(shown, () => this.#prove(call, shown, asked))
    }
    const refusal = tooMany('answers are being checked')
    return await this.#places.use(caller, refusal, prove, isConfirmed)
  }

  /**
   * Asks Kinto for the record, whether the caller may write it, and who they are: of a caller whom
   * it knows, all at once. A stranger costs it one request, unless they may read the record.
   */
  #ask({ ref, session }: AnswerCall, isConfirmed: boolean): Asked {
    const record = fetchRecord(session, ref, this.#options.reader.bounds)
    const mayGoOn = isConfirmed ? Promise.resolve() : record
    const right = mayGoOn.then(async () => {
      const proven = await proveWrite(session, ref)
      return { ...proven, at: performance.now() }
    })
    const caller = mayGoOn.then(() => identify(session, ref.version))
    // The record's refusal goes before those of the probe and the root view, in this order.
    for (const later of [right, caller]) later.catch(() => undefined)
    return { record, right, caller }
  }

  async #prove(
    call: AnswerCall,
    shown: AdmittedAnswer['shown'],
    asked: Asked
  ): Promise<AdmittedAnswer> {
    const { callers, serviceAuthorization, reader, log } = this.#options
    const { session, headers, readBody } = call
    const request = readAnswer(await readBody())
    const seen = readIfMatch(headerValues(headers, 'if-match'))
    const proven = await asked.right
    const isOld = performance.now() - proven.at > provenForMs
    const { data } = isOld ? await proveWrite(session, call.ref) : proven
    const caller = await asked.caller
    callers.confirm(session, caller)
    const ref = realRef(call.ref, caller)
    const signed = {
      answeredBy: caller.principal,
      answeredAt: new Date().toISOString(),
      record: recordUri(ref),
      version: data['last_modified'],
      answerId: randomUUID()
    }
    const reading = reader.read(ref, data)
    reader.observe(reading)
    const serviceAccount =
      serviceAuthorization === undefined ? undefined : session.as(serviceAuthorization)
    const writers = writersOf(serviceAccount, session, log)
    return { ...call, ref, request, caller, signed, seen, reading, shown, writers }
  }
}
