import { once } from 'node:events'
import { connect, isIP } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { GetActivityTaskCommand, SFNClient } from '@aws-sdk/client-sfn'

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
 * Makes a connection, verified where it is TLS, and ends it without a word.
 * @throws the reason why there is none
 */
export async function reach({ protocol, hostname, port }: URL, signal: AbortSignal): Promise<void> {
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  const secure = protocol === 'https:'
  const socket = secure
    ? connectTls({
        host,
        port: Number(port === '' ? 443 : port),
        ...(isIP(host) === 0 && { servername: host })
      })
    : connect({ host, port: Number(port === '' ? 80 : port) })
  // Once the connection is made or has failed, later errors of the socket mean nothing.
  socket.on('error', () => {})
  try {
    await once(socket, secure ? 'secureConnect' : 'connect', { signal })
    // The end of the handshake is still on its way.
    socket.destroySoon()
  } catch (error) {
    socket.destroy()
    throw error
  }
}
