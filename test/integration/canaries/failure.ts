import type { Called } from '../../helpers/service.ts'
import { uri, type Stage } from './stage.ts'

/** A request that is refused, or that fails. */
export interface Failure {
  title: string
  status: number
  /** `id` is that of a question that waits for alice's answer. */
  send: (stage: Stage, id: string) => Promise<Called>
  /**
   * Whether the response may show what stands in the record or in the request: it goes to somebody
   * who may read the one, or who sent the other.
   */
  mayShowContent?: boolean
}

export function row(
  title: string,
  status: number,
  send: Failure['send'],
  mayShowContent = false
): Failure {
  return { title, status, send, mayShowContent }
}

/** Changes a question past the service. */
export function changed({ kinto: { store } }: Stage, id: string, fields: object): string {
  const { data = {}, permissions = {} } = store.records.get(uri(id)) ?? {}
  store.put(uri(id), { ...data, ...fields }, permissions)
  return id
}
