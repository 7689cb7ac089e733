import type { KintoResponse } from './client.ts'
import { commonHeaders } from './cors.ts'

/**
 * A failure after Kinto had responded to the caller. `cause` is what ends the request. `headers`
 * are those that Kinto puts on every response to this caller, as a flat list.
 */
export class FollowUpFailed extends Error {
  override readonly name = 'FollowUpFailed'
  readonly headers: readonly string[]

  constructor(headers: readonly string[], cause: unknown) {
    super('It failed after Kinto had responded.', { cause })
    this.headers = headers
  }
}

/**
 * Does what follows a response of Kinto. What ends it then carries the headers of that response:
 * a page may read a refusal of ours where it may read Kinto's.
 * @throws FollowUpFailed, around whatever `work` throws
 */
export async function followUp<Result>(
  { headers }: Pick<KintoResponse, 'headers'>,
  work: () => Promise<Result>
): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    throw new FollowUpFailed(commonHeaders(headers), error)
  }
}
