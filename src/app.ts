import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { admin } from './admin/admin.ts'
import { Readiness } from './admin/readiness.ts'
import type { UnsavedSummary } from './answer/activities/unsaved.ts'
import type { Settings } from './config/config.ts'
import { apiVersion } from './kinto/paths.ts'
import { createParts } from './parts.ts'
import { createRoutes } from './routes.ts'
import { within } from './wait.ts'

/** The service, ready to listen. */
export interface Service {
  gateway: FastifyInstance
  admin: FastifyInstance
  /** Begins the work in the background: polls of the configured activities, and rounds. */
  begin: () => void
  /**
   * Ends what is under way, open polls included (up to some 65 s). It takes no more than seven
   * seconds longer, whatever Kinto and AWS do.
   * @returns the tasks whose tokens could not be saved
   */
  stop: () => Promise<UnsavedSummary[]>
}

/** Bounds in milliseconds. */
export interface Times {
  /** A whole request. Most proxies give up after 60 s, and then nobody learns how it ended. */
  requestMs: number
  /** What is under way at a stop: longer than any request or poll. */
  stopMs: number
}

const usualTimes: Times = { requestMs: 55_000, stopMs: 67_000 }

// Orchestrators are told to grant 75 s, and end a process that takes longer. So after all that was
// under way this is left: for clients that are cut off, for what is to be written yet, and for
// connections.
const endMs = { cutOff: 500, lastWrites: 6_000, connections: 500 }

/** Puts the service together. It does not listen yet, and nothing is sent. */
export async function createService(
  settings: Settings,
  log: FastifyBaseLogger,
  { requestMs, stopMs } = usualTimes
): Promise<Service> {
  const parts = createParts(settings, log)
  const { kinto, stepFunctions, health, activities, backlog, metrics, pipeline } = parts
  const { forms, overNotes, rounds } = parts
  const gateway = await createRoutes(settings, parts, log, requestMs)
  const readiness = new Readiness({ kinto: kinto.own, health })
  const adminApp = await admin({ readiness, metrics, hosts: settings.adminHosts, log })

  return {
    gateway,
    admin: adminApp,
    begin() {
      rounds?.start()
      for (const activity of settings.activities)
        activities.watch({ ...activity, version: apiVersion })
    },
    async stop() {
      readiness.stop()
      // A client that stopped sending, or reading, would hold the stop up for ever.
      const cut = setTimeout(() => {
        pipeline.cut(gateway)
      }, stopMs)
      await within(stopMs + endMs.cutOff, Promise.all([activities.stopPolling(), gateway.close()]))
      clearTimeout(cut)
      const written = Promise.all([rounds?.stop(), backlog.stop(), forms.stop()])
      const [unsaved] = await Promise.all([
        activities.drain(),
        within(
          endMs.lastWrites,
          written.then(() => overNotes.stop())
        )
      ])
      await within(endMs.connections, Promise.all([adminApp.close(), kinto.close()]))
      stepFunctions.close()
      return unsaved
    }
  }
}
