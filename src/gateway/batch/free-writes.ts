import { mayTouch } from '../../answer/guarded.ts'
import { mayWriteCollection } from '../../answer/permission.ts'
import { selectHeaders } from '../../kinto/headers.ts'
import { KintoSession, type Kinto } from '../../kinto/session.ts'
import type { SubRequest } from './effective.ts'
import type { Special } from './plan.ts'
import type { BatchExchange } from './run.ts'
import { headersInDoubt, headersOf } from './sub-request.ts'

const ofOneRequest = /^(content-|if-)/

/** Leaves out the writes that need no look: those of callers who may write the collection, and those that bear on no step. @throws KintoAnswered, KintoUnreachable */
export async function withoutFreeWrites (requests: readonly SubRequest[], specials: readonly Special[], { headers, timeLeft }: BatchExchange, kinto: Kinto): Promise<Special[]> {
  const rights = new Map<string, Promise<boolean>>()
  return await Promise.all(requests.map(async (request, index) => {
    const special = specials[index]
    if (special === undefined || 'answer' in special || headersInDoubt(request) !== undefined) return special
    if (request.method !== 'DELETE' && !mayTouch({ method: request.method, merge: false, body: request.body })) return undefined
    const own = headersIfSendable(request, headers)
    return own !== undefined && await mayWrite(own, special.write.ref) ? undefined : special
  }))

  // A batch of the workflow's writes one collection as one account, as a rule.
  async function mayWrite (own: string[], ref: Parameters<typeof mayWriteCollection>[1]): Promise<boolean> {
    const key = JSON.stringify([ref.bucket, ref.collection, selectHeaders(own, name => !ofOneRequest.test(name))])
    const right = rights.get(key) ?? mayWriteCollection(new KintoSession(kinto, own, timeLeft), ref)
    rights.set(key, right)
    return await right
  }
}

function headersIfSendable (request: SubRequest, batch: string[]): string[] | undefined {
  try {
    return headersOf(request, batch)
  } catch {
    return undefined
  }
}
