import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { pino } from 'pino'
import type { Test } from 'tap'
import { Health, type HealthOptions } from '../../src/stepfunctions/health.ts'
import { SdkClients } from '../../src/stepfunctions/sdk.ts'

const credentials = { accessKeyId: 'AKIDHEALTH', secretAccessKey: 'never-in-a-log' }
export const eachTime = { checkMs: 5000, wellMs: 0, illMs: 0 }

interface Line {
  level: number
  part: string
  msg: string
  err?: Record<string, unknown>
}

export function healthOf(
  t: Test,
  {
    settings = { credentials },
    ...options
  }: Partial<HealthOptions> & { settings?: Partial<ConstructorParameters<typeof SdkClients>[0]> }
): { health: Health; log: Line[] } {
  const log: Line[] = []
  const clients = new SdkClients({ timeoutMs: 3000, ...settings })
  t.teardown(() => {
    clients.close()
  })
  return {
    health: new Health(clients, {
      endpoint: undefined,
      regions: [],
      log: pino(
        {},
        {
          write: line => {
            log.push(JSON.parse(line))
          }
        }
      ),
      ...options
    }),
    log
  }
}

/** A server that takes connections on a free port. */
export async function startEndpoint(t: Test): Promise<{
  url: string
  connections: (count: number) => Promise<Socket[]>
  down: () => Promise<void>
  up: () => Promise<void>
}> {
  const sockets: Socket[] = []
  const server = createServer(socket => {
    sockets.push(socket.on('error', () => {}))
  })
  const connections = async (count: number): Promise<Socket[]> => {
    while (sockets.length < count) await once(server, 'connection')
    return sockets
  }
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const down = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    server.close()
    await once(server, 'close')
  }
  t.teardown(() => (server.listening ? down() : undefined))
  return {
    url: `http://127.0.0.1:${port}`,
    connections,
    down,
    up: async () => {
      await once(server.listen(port, '127.0.0.1'), 'listening')
    }
  }
}

/** Sets environment variables for one test. */
export function environment(t: Test, variables: Record<string, string>): void {
  const before = process.env
  t.teardown(() => {
    process.env = before
  })
  const others = Object.fromEntries(
    Object.entries(before).filter(([name]) => !name.startsWith('AWS_'))
  )
  process.env = {
    ...others,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
    AWS_CONFIG_FILE: '/nonexistent',
    ...variables
  }
}
