import { delimiter, dirname, join } from 'node:path'
import { projectFolder } from './folder.ts'
import { startPart } from './process.ts'
import type { Part } from './process.ts'
import { untilReady } from './ready.ts'

export interface ServiceOptions {
  /** Its settings, `STEPFUNCTION_…`. Unless they say otherwise it takes free ports of 127.0.0.1. */
  env: Readonly<Record<string, string>>
  /** What to start in place of the source: an installed program, and its arguments. */
  program?: readonly [string, ...string[]]
  /** Restart it when its source changes. */
  watch?: boolean
  /** Milliseconds between SIGTERM and SIGKILL: a poll of an activity takes up to a minute. */
  grace?: number
  onOutput?: (text: string) => void
}

export interface Service extends Part {
  url: string
  adminUrl: string
}

/** Starts the service as it is started in production, from its source; resolves when it listens. */
export async function startService({
  env,
  program,
  watch = false,
  ...options
}: ServiceOptions): Promise<Service> {
  const source = [
    process.execPath,
    ...(watch ? ['--watch', '--watch-preserve-output'] : []),
    join(projectFolder, 'src', 'server.ts')
  ] as const
  const [command, ...args] = program ?? source
  const part = startPart({
    ...options,
    name: 'kinto-stepfunction',
    command,
    args,
    env: {
      PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
      // Otherwise the AWS SDK looks for credentials on the network
      AWS_EC2_METADATA_DISABLED: 'true',
      STEPFUNCTION_LISTEN: '127.0.0.1:0',
      STEPFUNCTION_ADMIN_LISTEN: '127.0.0.1:0',
      ...env
    }
  })
  const { url, admin } = await untilReady(part, () => listening(part.log()))
  return { ...part, url, adminUrl: admin }
}

function listening(log: string): { url: string; admin: string } | undefined {
  // Only whole lines: the last one may still be on its way
  for (const line of log.split('\n').slice(0, -1)) {
    const entry = parse(line)
    if (
      typeof entry === 'object' &&
      entry !== null &&
      'msg' in entry &&
      entry.msg === 'listening' &&
      'url' in entry &&
      typeof entry.url === 'string' &&
      'admin' in entry &&
      typeof entry.admin === 'string'
    ) {
      return { url: entry.url, admin: entry.admin }
    }
  }
  return undefined
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
