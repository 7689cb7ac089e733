import { readFile } from 'node:fs/promises'

/** The accounts of the demo. Their passwords are no secret: nothing of this outlives the demo. */
export const accounts = {
  admin: 'admin-secret',
  stepfunction: 'stepfunction-secret',
  workflow: 'workflow-secret',
  alice: 'alice-secret'
} as const

export type Account = keyof typeof accounts

export const collection = '/v1/buckets/stepfunction/collections/manual_steps'

export interface ManualStep {
  id: string
  status?: string
  comment?: string
  answeredBy?: string
  answeredAt?: string
  taskToken?: string
}

/** `Authorization` of an account. */
export function authorization(account: Account): string {
  return `Basic ${Buffer.from(`${account}:${accounts[account]}`).toString('base64')}`
}

/**
 * Creates the accounts, then as the administrator the bucket and the collection.
 * The service may write in the collection.
 */
export async function prepareKinto(url: string): Promise<void> {
  await Promise.all(
    Object.entries(accounts).map(([name, password]) =>
      put(`${url}/v1/accounts/${name}`, { data: { password } })
    )
  )
  await put(`${url}/v1/buckets/stepfunction`, {}, 'admin')
  await put(
    `${url}${collection}`,
    JSON.parse(await readFile(new URL('collection.json', import.meta.url), 'utf8')),
    'admin'
  )
}

/** The record in which an execution asks, as alice sees it; undefined while there is none. */
export async function findManualStep(
  url: string,
  executionArn: string
): Promise<ManualStep | undefined> {
  const response = await fetch(
    `${url}${collection}/records?executionArn=${encodeURIComponent(executionArn)}`,
    {
      headers: { authorization: authorization('alice') }
    }
  )
  // Kinto's response to a caller who may see no record of the collection
  if (response.status === 403) return undefined
  const body = await readJson(response)
  return isList(body) ? body.data[0] : undefined
}

async function put(url: string, body: unknown, account?: Account): Promise<void> {
  const response = await fetch(url, {
    method: 'PUT',
    headers: {
      'content-type': 'application/json',
      ...(account === undefined ? {} : { authorization: authorization(account) })
    },
    body: JSON.stringify(body)
  })
  await readJson(response)
}

async function readJson(response: Response): Promise<unknown> {
  if (!response.ok)
    throw new Error(`${response.url} answered ${response.status}: ${await response.text()}`)
  return await response.json()
}

function isList(body: unknown): body is { data: ManualStep[] } {
  return typeof body === 'object' && body !== null && 'data' in body && Array.isArray(body.data)
}
