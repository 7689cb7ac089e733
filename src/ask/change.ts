import { livenessOf } from '../stepfunctions/liveness.ts'
import { mayWrite } from '../kinto/permission.ts'
import type { Reading } from '../answer/record/reading.ts'
import { conflict, gone, unavailable, type Refusal } from '../kinto/errors.ts'
import type { JsonObject } from '../kinto/json.ts'
import { recordUri } from '../kinto/paths.ts'
import type { Seals } from '../seal/seals.ts'
import type { AskOutcome, Placement, PlacementOptions } from './placement.ts'
import { standingOf, type Replaced } from './standing.ts'

/**
 * What to write over a record so that the question stands there. `data` alone leaves the record's
 * permissions as they are.
 */
export interface Change {
  outcome: AskOutcome
  body: { data: JsonObject; permissions?: JsonObject }
}

/** The record of a question as it is asked, sealed where there is a secret. */
export function recordOf({ asked, real }: Placement, seals: Seals | undefined): JsonObject {
  const taskToken = seals?.sealQuestion(recordUri(real), asked) ?? asked.taskToken
  return { ...asked.record, taskToken }
}

/**
 * What has to be written over a record that is there already. Undefined: nothing.
 * @throws Refusal 409 (another question), 410 (the step that asks is over), 503 (what is there
 * cannot be opened, or whether it still waits is not known)
 */
export async function changeFor(
  placement: Placement,
  reading: Reading,
  options: PlacementOptions
): Promise<Change | undefined> {
  const { asked } = placement
  const { seals } = options
  const standing = standingOf(asked, reading, options)
  if (standing === 'stands') return undefined
  const data = recordOf(placement, seals)
  if (standing === 'in clear')
    return { outcome: 'sealed', body: { data, permissions: asked.permissions } }
  if (standing === 'spoilt') {
    const kept = sealedPart(reading)
    if (kept !== undefined) return { outcome: 'put back', body: { data: { ...data, ...kept } } }
    // Somebody may have made this record in the place of the one that was asked in.
    await requireWriter(placement)
    return { outcome: 'put back', body: { data, permissions: asked.permissions } }
  }
  await requireFree(placement, reading, standing.replaces, options)
  return { outcome: 'asked anew', body: { data, permissions: asked.permissions } }
}

/**
 * What stays of a question that is put back: its seal, with the token that its activity brought,
 * and its open fields.
 */
function sealedPart({ tokenField, data }: Reading): JsonObject | undefined {
  if (tokenField.kind !== 'sealed' || tokenField.seal.question === undefined) return undefined
  const names = ['taskToken', ...tokenField.seal.question.openFields].filter(name =>
    Object.hasOwn(data, name)
  )
  return Object.fromEntries(names.map(name => [name, data[name]]))
}

async function requireWriter({ session, ref }: Placement): Promise<void> {
  if (!(await mayWrite(session, ref))) throw conflict('This id belongs to another question.')
}

/** A question that waits is never replaced. A question whose own step is over replaces nothing. */
async function requireFree(
  placement: Placement,
  reading: Reading,
  what: Replaced,
  { reader, stepFunctions, log }: PlacementOptions
): Promise<void> {
  const { asked } = placement
  const { taskToken, decision } = reading
  if (what === 'question of this id' && decision !== undefined) throw askWithAnotherId()
  await requireWriter(placement)
  if (taskToken !== undefined && decision?.proof !== 'receipt') {
    const liveness = await livenessOf(
      taskToken,
      reader.regionOf(reading) ?? asked.region,
      stepFunctions,
      log
    )
    if (liveness === 'unknown')
      throw unavailable(
        'Step Functions could not say whether the question in this record still waits. ' +
          'Try again in a moment.',
        { retryAfter: 3 }
      )
    if (liveness === 'alive')
      throw what === 'question of this id'
        ? askWithAnotherId()
        : conflict('This record still waits for an answer to another question.')
  }
  if (
    asked.taskToken !== undefined &&
    (await livenessOf(asked.taskToken, asked.region, stepFunctions, log)) === 'dead'
  ) {
    throw gone(
      'The step of this task token no longer accepts answers, so its question was not asked.'
    )
  }
}

function askWithAnotherId(): Refusal {
  return conflict('Another question was asked with this id. Ask with another id.')
}
