import { deliver } from './delivery.ts'
import type { Delivery, Report } from './delivery.ts'
import { Health, type HealthOptions } from './health.ts'
import { sendHeartbeat } from './heartbeat.ts'
import { Histories } from './history.ts'
import type { ExecutionHistory } from './history-part.ts'
import type { HistoryRequest } from './history.ts'
import { ActivityPolls } from './polls.ts'
import { SdkClients } from './sdk.ts'
import type { StepFunctionsSettings } from './sdk.ts'

export type { StepFunctionsSettings } from './sdk.ts'

/** Step Functions as the rest of the service sees it. */
export interface StepFunctions {
  /** What all attempts of one report may take together, in milliseconds. */
  timeoutMs: number
  deliver: (report: Report) => Promise<Delivery>
  readHistory: (request: HistoryRequest) => Promise<ExecutionHistory>
  /**
   * @returns false when the token is dead
   * @throws StepFunctionsError
   */
  sendHeartbeat: (region: string, taskToken: string) => Promise<boolean>
  polls: ActivityPolls
  /** Checks with the same credentials whether Step Functions could be called. */
  health: (options: HealthOptions) => Health
  /** Ends all connections, open polls included: await `polls.settled()` first. */
  close: () => void
}

/** Makes the clients of all regions and purposes, each on first use. */
export function createStepFunctions(settings: StepFunctionsSettings): StepFunctions {
  const clients = new SdkClients(settings)
  const histories = new Histories(clients)
  return {
    timeoutMs: settings.timeoutMs,
    deliver: async report => await deliver(clients, report),
    readHistory: async request => await histories.read(request),
    sendHeartbeat: async (region, taskToken) => await sendHeartbeat(clients, region, taskToken),
    polls: new ActivityPolls(clients),
    health: options => new Health(clients, options),
    close: () => {
      clients.close()
    }
  }
}
