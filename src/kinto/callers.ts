import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { apiVersion } from './paths.ts'
import { identify, type Caller } from './permission.ts'
import { everyone } from './principals.ts'
import type { KintoSession } from './session.ts'

// A caller who was confirmed may lose their right. Then Kinto says so to the next request.
const confirmedForMs = 600_000
const maxCallers = 10_000

/**
 * Tells callers apart: by what they send as `Authorization` until Kinto has said who they are, and
 * by their principal then, since one caller can spell the same credentials in many ways. Those who
 * send nothing are one.
 */
export class Callers {
  /** The principal of each `Authorization` that Kinto has confirmed. */
  readonly #confirmed = new LRUCache<string, string>({ max: maxCallers, ttl: confirmedForMs })

  /**
   * Who a caller is: a key for each, which holds no secret; and whether Kinto has confirmed them.
   */
  of(authorization: string | undefined): { caller: string; isConfirmed: boolean } {
    const key = this.#keyOf(authorization)
    const principal = this.#confirmed.get(key)
    return { caller: principal ?? key, isConfirmed: principal !== undefined }
  }

  #keyOf(authorization: string | undefined): string {
    if (authorization === undefined) return ''
    return createHash('sha256').update(authorization).digest('base64')
  }

  /**
   * Keeps in mind that Kinto knows this caller, if it does. Whom it knows by something else, such
   * as a cookie, is told apart from nobody here, and stays unconfirmed.
   */
  confirm({ authorization }: KintoSession, { principal }: Caller): void {
    if (authorization !== undefined && principal !== everyone)
      this.#confirmed.set(this.#keyOf(authorization), principal)
  }

  /** Asks Kinto whether it knows this caller, once in ten minutes. Never throws. */
  async ask(session: KintoSession): Promise<void> {
    const { authorization } = session
    if (authorization === undefined || this.of(authorization).isConfirmed) return
    const caller = await identify(session, apiVersion).catch(() => undefined)
    if (caller !== undefined) this.confirm(session, caller)
  }
}
