import { KintoAnswered, KintoUnreachable } from '../kinto/client.ts'
import type { RecordRef } from '../kinto/paths.ts'
import type { KintoSession } from '../kinto/session.ts'
import { fetchRecord } from './permission.ts'
import { readToken } from './record.ts'

/** The token that the record shows by now; none from a Kinto that is away for a moment. @throws KintoAnswered when the caller may not see the record any more */
export async function savedToken (session: KintoSession, ref: RecordRef): Promise<string | undefined> {
  try {
    return readToken((await fetchRecord(session, ref)).data)
  } catch (error) {
    if (error instanceof KintoUnreachable || (error instanceof KintoAnswered && error.answer.status >= 500)) return undefined
    throw error
  }
}
