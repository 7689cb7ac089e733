import { Agent, request, validateHeaderValue } from 'node:http'
import { Agent as TlsAgent, request as requestTls } from 'node:https'
import { GetActivityTaskCommand, SFNClient } from '@aws-sdk/client-sfn'
import type { SFNClientConfig } from '@aws-sdk/client-sfn'
import type { Proxies } from './sdk.ts'
import { whenReady } from './wire.ts'

type Credentials = NonNullable<SFNClientConfig['credentials']>

export interface NamedRegions {
  /** The region for records without an ARN. */
  region?: string | undefined
  activities: readonly { region: string }[]
  /** Patterns of ARNs. */
  allowedArns: readonly string[]
}

/** The regions that the settings name. A pattern with a `*` in its region names none. */
export function namedRegions({ region, activities, allowedArns }: NamedRegions): string[] {
  const allowed = allowedArns.map(pattern => /^[^:]*:[^:]*:states:([a-z0-9-]+):/.exec(pattern)?.[1])
  const regions = [region, ...activities.map(activity => activity.region), ...allowed]
  return [...new Set(regions)].filter(name => name !== undefined)
}

/**
 * Where the SDK sends the calls for a region: to `endpoint`, else to what AWS_ENDPOINT_URL or a
 * profile says, else to AWS. Nothing is sent.
 */
export async function endpointOf(region: string, endpoint: string | undefined): Promise<URL> {
  // The SDK tells this only while it makes a request, and needs some credentials for that.
  const client = new SFNClient({
    region,
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
    ...(endpoint !== undefined && { endpoint })
  })
  const { promise, resolve, reject } = Promise.withResolvers<URL>()
  const command = new GetActivityTaskCommand({ activityArn: 'none' })
  command.middlewareStack.add(
    (_next, context) => async () => {
      resolve(new URL(String(context.endpointV2?.url)))
      return { response: undefined, output: { $metadata: {} } }
    },
    { step: 'build', priority: 'high' }
  )
  await client.send(command).catch(reject)
  client.destroy()
  return await promise
}

/**
 * Signs a request as calls do. Nothing is sent.
 * @throws what keeps a request with these credentials from being signed, or from being sent
 */
export async function requireSendable(region: string, credentials: Credentials): Promise<void> {
  const client = new SFNClient({ region, credentials })
  const command = new GetActivityTaskCommand({ activityArn: 'none' })
  command.middlewareStack.add(
    () =>
      async ({ request }) => {
        for (const [name, value] of headersOf(request)) validateHeaderValue(name, value)
        return { response: undefined, output: { $metadata: {} } }
      },
    { step: 'finalizeRequest', priority: 'low' }
  )
  try {
    await client.send(command)
  } finally {
    client.destroy()
  }
}

function headersOf(request: unknown): [string, string][] {
  const { headers = {} }: { headers?: object } = Object(request)
  return Object.entries(headers).map(([name, value]) => [name, String(value)])
}

/**
 * Makes a connection as a call does, verified where it is TLS, and ends it without a word.
 * @throws the reason why there is none
 */
export async function reach(
  { protocol, hostname, port }: URL,
  signal: AbortSignal,
  proxies: Proxies = {}
): Promise<void> {
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  const asked =
    protocol === 'https:'
      ? requestTls({ host, port, agent: new TlsAgent({ proxyEnv: { ...proxies } }), signal })
      : request({ host, port, agent: new Agent(), signal })
  // What is never ended is never sent. Once the connection is made or has failed, later errors mean
  // nothing.
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  asked.on('error', reject)
  asked.once('socket', socket => {
    whenReady(socket, () => {
      // The end of the handshake is still on its way.
      socket.destroySoon()
      resolve()
    })
  })
  await promise
}
