import { call } from '../../helpers/service.ts'
import { at, bucket, type World } from './world.ts'

/** Puts records there, past the service, 25 in a batch. Each has a token unless `data` says no. */
export async function putMany(
  { kinto }: Pick<World, 'kinto'>,
  records: readonly { id: string; data: object; collection?: string; permissions?: object }[]
): Promise<void> {
  for (let first = 0; first < records.length; first += 25) {
    const requests = records
      .slice(first, first + 25)
      .map(({ id, data, collection = 'a', permissions = {} }) => ({
        path: `${bucket}${at(collection, id)}`,
        body: { data: { taskToken: 'token', ...data }, permissions }
      }))
    const { status, text, body } = await call(`${kinto.url}/v1/batch`, {
      method: 'POST',
      user: 'workflow',
      body: { defaults: { method: 'PUT' }, requests }
    })
    const failed = body.responses?.find((one: { status: number }) => one.status >= 300)
    if (status !== 200 || failed !== undefined) throw new Error(JSON.stringify(failed ?? text))
  }
}
