import { SendTaskSuccessCommand, SFNClient } from '@aws-sdk/client-sfn'
import type { Test } from 'tap'
import { createService, type Service, type Times } from '../../src/app.ts'
import { loadSettings } from '../../src/config/config.ts'
import { createLog } from '../../src/log.ts'
import { sealSecret } from './combination.ts'
import {
  activityArn,
  credentials,
  region,
  stateMachineArn,
  startStepFunctions,
  type StepFunctionsEndpoint
} from './step-functions.ts'
import { startKinto, type ScriptedKinto } from './kinto.ts'

export { activityArn, stateMachineArn }

/** The collection that the tests put their records in. */
export const collection = '/buckets/stepfunction/collections/steps'

export interface TestService {
  url: string
  adminUrl: string
  service: Service
  /** The lines of the log. */
  log: Record<string, unknown>[]
  /** Resolves with the first line that has this message, now or later. */
  logged: (message: string | RegExp) => Promise<Record<string, unknown>>
}

export interface Called {
  status: number
  headers: Headers
  text: string
  body: any
}

/**
 * The whole service in this process, on free ports. `env` has settings by their names in the
 * environment, without the prefix.
 */
export async function startService(
  t: Test,
  kinto: { url: string },
  sfn: { url: string },
  env: Record<string, string> = {},
  times?: Times
): Promise<TestService> {
  const all = {
    KINTO_URL: kinto.url,
    LISTEN: '127.0.0.1:0',
    ADMIN_LISTEN: '127.0.0.1:0',
    AWS_REGION: region,
    AWS_ENDPOINT_URL: sfn.url,
    AWS_ACCESS_KEY: credentials.accessKeyId,
    AWS_SECRET_KEY: credentials.secretAccessKey,
    LOG_LEVEL: 'info',
    ...sealSecret(),
    ...env
  }
  const settings = loadSettings({
    argv: [],
    env: Object.fromEntries(
      Object.entries(all).map(([name, value]) => [`STEPFUNCTION_${name}`, value])
    )
  })
  const log: Record<string, unknown>[] = []
  const waiting: { message: string | RegExp; resolve: (line: Record<string, unknown>) => void }[] =
    []
  const write = (text: string): void => {
    const line: Record<string, unknown> = JSON.parse(text)
    log.push(line)
    for (const { message, resolve } of waiting) if (matches(line, message)) resolve(line)
  }
  const service = await createService(settings, createLog(settings.logLevel, { write }), times)
  let stopped = false
  const stop = service.stop
  service.stop = async () => {
    stopped = true
    return await stop()
  }
  t.teardown(async () => {
    if (!stopped) await service.stop()
  })
  const adminUrl = await service.admin.listen(settings.adminListen)
  const url = await service.gateway.listen(settings.listen)
  return {
    url,
    adminUrl,
    service,
    log,
    logged: message =>
      new Promise(resolve => {
        const line = log.find(line => matches(line, message))
        if (line === undefined) waiting.push({ message, resolve })
        else resolve(line)
      })
  }
}

function matches(line: Record<string, unknown>, message: string | RegExp): boolean {
  return typeof message === 'string' ? line['msg'] === message : message.test(String(line['msg']))
}

/** The service between a scripted Kinto with a collection and a Step Functions like that of AWS. */
export async function startAll(
  t: Test,
  { env, pollMs, times }: { env?: Record<string, string>; pollMs?: number; times?: Times } = {}
): Promise<TestService & { kinto: ScriptedKinto; sfn: StepFunctionsEndpoint }> {
  const [kinto, sfn] = await Promise.all([
    startKinto(t),
    startStepFunctions(t, pollMs === undefined ? {} : { pollMs })
  ])
  kinto.store.collections.set(collection, { write: ['account:workflow'] })
  return { ...(await startService(t, kinto, sfn, env, times)), kinto, sfn }
}

/** `Basic` credentials of an account. */
export function as(user: string): string {
  return `Basic ${Buffer.from(`${user}:secret`).toString('base64')}`
}

/** Sends a request as `user`, or as nobody. A body that is no text or Buffer is sent as JSON. */
export async function call(
  url: string,
  {
    method = 'GET',
    user,
    body,
    headers = {},
    signal
  }: {
    method?: string
    user?: string
    body?: unknown
    headers?: Record<string, string>
    signal?: AbortSignal
  } = {}
): Promise<Called> {
  const raw = body === undefined || typeof body === 'string' || body instanceof Uint8Array
  const answer = await fetch(url, {
    method,
    redirect: 'manual',
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(user === undefined ? {} : { authorization: as(user) }),
      ...headers
    },
    ...(body === undefined ? {} : { body: raw ? (body as string) : JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal })
  })
  const text = await answer.text()
  return {
    status: answer.status,
    headers: answer.headers,
    text,
    body:
      /json/.test(answer.headers.get('content-type') ?? '') && text !== ''
        ? JSON.parse(text)
        : undefined
  }
}

/** Answers a record. */
export async function answer(
  service: { url: string },
  record: string,
  body: unknown,
  user = 'alice',
  headers: Record<string, string> = {}
): Promise<Called> {
  return await call(`${service.url}/v1${record}/stepfunction`, {
    method: 'POST',
    user,
    body,
    headers
  })
}

/**
 * Completes a task past the service, as somebody does by hand, or as another replica does if
 * `output` is what a replica would send.
 */
export async function answerOutside(
  sfn: { url: string },
  taskToken: string,
  output: unknown
): Promise<void> {
  const client = new SFNClient({ region, endpoint: sfn.url, credentials })
  await client.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) }))
  client.destroy()
}
