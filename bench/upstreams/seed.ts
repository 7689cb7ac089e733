import {
  bucket,
  listPath,
  listRecord,
  listSize,
  ordinary,
  recordPath,
  smallRecord
} from '../load/workload.ts'

const password = 'bench-secret'
const batchSize = 25

/** `Authorization` of an account of the bench. */
export function authorization(account: string): string {
  return `Basic ${Buffer.from(`${account}:${password}`).toString('base64')}`
}

/** Creates the accounts, the buckets (`admin` owns them) and the collection of the answers. */
export async function seed(kinto: string): Promise<void> {
  for (const account of ['admin', 'alice', 'bob', 'stepfunction'])
    await ask(`${kinto}/v1/accounts/${account}`, { method: 'PUT', body: { data: { password } } })
  for (const path of [bucket, ordinary, `${ordinary}/collections/articles`])
    await ask(`${kinto}/v1${path}`, { method: 'PUT', as: 'admin' })
  // Bob and the service inherit their rights from the collection
  const permissions = { write: ['account:bob', 'account:stepfunction'] }
  await ask(`${kinto}/v1${bucket}/collections/manual_steps`, {
    method: 'PUT',
    body: { permissions },
    as: 'admin'
  })
}

/** Creates the thousand records of the list. */
export async function seedList(kinto: string): Promise<void> {
  await ask(`${kinto}/v1${ordinary}/collections/list`, { method: 'PUT', as: 'admin' })
  await create(
    kinto,
    listPath,
    Array.from({ length: listSize }, () => ({ data: listRecord }))
  )
}

/** Creates the records that are requested one by one. */
export async function seedRecords(kinto: string): Promise<void> {
  for (const path of [recordPath, `${recordPath.slice(0, -1)}c`])
    await ask(`${kinto}${path}`, { method: 'PUT', body: { data: smallRecord }, as: 'admin' })
}

/**
 * Creates records as the administrator.
 * @returns their ids
 */
export async function create(
  kinto: string,
  path: string,
  bodies: readonly object[]
): Promise<string[]> {
  const ids: string[] = []
  for (let start = 0; start < bodies.length; start += batchSize) {
    const requests = bodies
      .slice(start, start + batchSize)
      .map(body => ({ method: 'POST', path, body }))
    const response = await ask(`${kinto}/v1/batch`, {
      method: 'POST',
      body: { requests },
      as: 'admin'
    })
    ids.push(...[...response.matchAll(/"id": ?"([^"]+)"/g)].map(([, id]) => String(id)))
  }
  if (ids.length !== bodies.length)
    throw new Error(`Kinto created ${ids.length} records of ${bodies.length}.`)
  return ids
}

async function ask(
  url: string,
  { method, body, as }: { method: string; body?: object; as?: string }
): Promise<string> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(as !== undefined && { authorization: authorization(as) })
    },
    ...(body !== undefined && { body: JSON.stringify(body) })
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${text}`)
  return text
}
