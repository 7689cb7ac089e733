import type { StepFunctions } from './clients.ts'
import { toStepFunctionsError } from './errors.ts'
import type { Log } from '../log.ts'

/**
 * Whether the step of a token still waits. `unknown`: Step Functions could not be asked, or did not
 * say.
 */
export type Liveness = 'alive' | 'dead' | 'unknown'

/**
 * Asks by a heartbeat, which changes nothing but the clock of the step's `HeartbeatSeconds`. A
 * token that Step Functions never gave out in this account and region counts as dead. Needs the
 * right states:SendTaskHeartbeat. Never throws.
 */
export async function livenessOf(
  taskToken: string,
  region: string,
  stepFunctions: StepFunctions,
  log: Log
): Promise<Liveness> {
  try {
    return (await stepFunctions.sendHeartbeat(region, taskToken)) ? 'alive' : 'dead'
  } catch (error) {
    if (toStepFunctionsError(error).fault === 'token invalid') return 'dead'
    log.warn({ err: error }, 'a heartbeat could not be sent (states:SendTaskHeartbeat)')
    return 'unknown'
  }
}
