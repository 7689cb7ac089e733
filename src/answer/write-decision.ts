import { jsonObject, type KintoResponse } from '../kinto/client.ts'
import { unavailable } from '../kinto/errors.ts'
import { isJsonObject, type JsonObject } from '../kinto/json.ts'
import { fetchRecord } from '../kinto/records.ts'
import type { AdmittedAnswer } from './admitted.ts'
import type { Backlog } from './backlog.ts'
import { isAskedAgain, type AskedAgainOptions } from './history/asked-again.ts'
import { recordDecision, type Recording } from './record/recording.ts'
import { NotRecorded } from './record/update.ts'

export interface WritingOptions extends AskedAgainOptions {
  /** Goes on recording after the request. */
  backlog: Backlog
}

/** Kinto's response with the record as it is now, and the permissions that the caller may see. */
export interface Written {
  record: KintoResponse
  permissions: JsonObject
}

/**
 * Writes a decision that Step Functions took into its record, within the request. The backlog goes
 * on with what could not be written. A record that asks something else by now is left alone.
 * @throws Refusal 503 (not recorded), KintoRefusal, KintoUnreachable
 */
export async function writeDecision(
  admitted: AdmittedAnswer,
  recording: Recording,
  options: WritingOptions
): Promise<Written> {
  const { writers, session, ref, timeLeft, signed } = admitted
  const { backlog, reader, log } = options
  const outcome = await recordDecision(
    writers,
    recording,
    {
      reader,
      isAskedAgain: (reading, decision) => isAskedAgain(reading, decision, timeLeft, options)
    },
    timeLeft
  )
  if (outcome === 'moved on') {
    const { response, permissions } = await fetchRecord(session, ref, reader.bounds)
    return { record: response, permissions }
  }
  if (!(outcome instanceof NotRecorded)) {
    backlog.lookAgain(recording, outcome, writers)
    return { record: outcome, permissions: permissionsAfter(admitted, outcome) }
  }
  log.error(
    { err: outcome, record: signed.record, answer: recording.decision.answer },
    'Step Functions took an answer that Kinto could not record'
  )
  const goesOn = !outcome.isGone && backlog.add(recording)
  throw notRecorded(outcome, goesOn)
}

function notRecorded(cause: NotRecorded, goesOn: boolean): Error {
  const details = { reported: 'yes' }
  const taken = 'The workflow got the answer, but it could not be recorded here.'
  if (cause.refused === undefined)
    return unavailable(`${taken} Repeat the request to record it: it is not reported twice.`, {
      details,
      cause,
      retryAfter: 3
    })
  const after = goesOn
    ? 'Once that is mended, the answer is recorded without you.'
    : 'Once that is mended, repeat the request to record it: it is not reported twice.'
  return unavailable(
    cause.isGone
      ? `${taken} The record is gone.`
      : `${taken} Kinto refuses the change: tell the people who run it. ${after}`,
    { details, cause }
  )
}

/**
 * The permissions that a GET by the caller shows after the change. Kinto adds who writes a record
 * to its writers, and shows the permissions to all whom they name as writers
 * (`kinto/core/resource/model.py`).
 */
function permissionsAfter({ shown, signed }: AdmittedAnswer, response: KintoResponse): JsonObject {
  const { permissions } = jsonObject(response)
  // Where the writer is not added (`explicit_permissions = false`), nothing has changed.
  if (!isJsonObject(permissions) || !Array.isArray(permissions['write'])) return shown.permissions
  const isNamed = permissions['write'].includes(signed.answeredBy)
  return isNamed || Object.keys(shown.permissions).length > 0 ? permissions : {}
}
