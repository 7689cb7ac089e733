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
 * Tells callers apart before Kinto has said who they are: by what they send as `Authorization`.
 * Those who send nothing are one.
 */
export class Callers {
  readonly #confirmed = new LRUCache<string, true>({ max: maxCallers, ttl: confirmedForMs })

  /**
   * Who a caller is: a key for each, which holds no secret; and whether Kinto has confirmed them.
   */
  of(authorization: string | undefined): { caller: string; isConfirmed: boolean } {
    const caller = this.#keyOf(authorization)
    return { caller, isConfirmed: this.#confirmed.has(caller) }
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
      this.#confirmed.set(this.#keyOf(authorization), true)
  }

  /** Asks Kinto whether it knows this caller, once in ten minutes. Never throws. */
  async ask(session: KintoSession): Promise<void> {
    const { authorization } = session
    if (authorization === undefined || this.of(authorization).isConfirmed) return
    const caller = await identify(session, apiVersion).catch(() => undefined)
    if (caller !== undefined) this.confirm(session, caller)
  }
}
