import { join } from 'node:path'
import { projectFolder } from '../../demo/parts/folder.ts'
import { launch } from '../parts/launch.ts'
import type { Command, Launched } from '../parts/launch.ts'

/** Starts the service with its default settings and those of `env`. Its log goes to a file. */
export async function startService(
  upstream: string,
  cores: string,
  env: Readonly<Record<string, string>> = {}
): Promise<Launched> {
  return await launch({ name: 'kinto-stepfunction', cores, ...serviceCommand(upstream, env) })
}

/** The command of the service, on any free ports. */
export function serviceCommand(
  upstream: string,
  env: Readonly<Record<string, string>> = {}
): Command {
  return {
    command: [process.execPath, join(projectFolder, 'src', 'server.ts')],
    env: {
      AWS_EC2_METADATA_DISABLED: 'true',
      STEPFUNCTION_LISTEN: '127.0.0.1:0',
      STEPFUNCTION_ADMIN_LISTEN: '127.0.0.1:0',
      STEPFUNCTION_KINTO_URL: upstream,
      ...env
    }
  }
}
