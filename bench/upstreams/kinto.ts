import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { makeRunFolder } from '../../demo/parts/folder.ts'
import { backends, kintoArguments } from '../../demo/parts/kinto.ts'
import { cores } from '../parts/cores.ts'
import { launch } from '../parts/launch.ts'
import type { Launched } from '../parts/launch.ts'
import { ensureBenchPython } from '../parts/python.ts'

export interface KintoOptions {
  /** The database's URL. */
  database: string
  /** Settings of the in-process plugin; without them it is not loaded. */
  plugin?: Readonly<Record<string, string>>
  /** A folder that gets a profile of each request. */
  profiles?: string
}

const run = promisify(execFile)
// All Kintos on one database must share it
const secret = randomBytes(16).toString('hex')

/**
 * Starts an unmodified Kinto on PostgreSQL, served by waitress as `kinto start` does. With `plugin`
 * it answers by itself.
 */
export async function startKinto({ database, plugin, profiles }: KintoOptions): Promise<Launched> {
  const python = await ensureBenchPython()
  const folder = makeRunFolder('kinto')
  const ini = join(folder, 'kinto.ini')
  writeFileSync(ini, render(database, plugin, profiles))
  const env = {
    PYTHONUNBUFFERED: '1',
    PYTHONPATH: join(import.meta.dirname, '..', 'plugin'),
    PYTHONDONTWRITEBYTECODE: '1',
    AWS_EC2_METADATA_DISABLED: 'true'
  }
  await run(python, kintoArguments('migrate', '--ini', ini), { env: { ...process.env, ...env } })
  return await launch({
    name: plugin === undefined ? 'Kinto' : 'Kinto with the plugin',
    command: [python, ...kintoArguments('start', '--ini', ini, '--port', '0')],
    env,
    cores: cores.upstream,
    folder
  })
}

function render(
  database: string,
  plugin: KintoOptions['plugin'],
  profiles: KintoOptions['profiles']
): string {
  // The checked passwords are kept in memory, or each request would ask PostgreSQL for them
  const settings = { ...backends(database), 'kinto.cache_backend': 'kinto.core.cache.memory' }
  return `[server:main]
use = egg:waitress
host = 127.0.0.1
port = %(http_port)s
threads = 8
connection_limit = 1000

[app:main]
use = egg:kinto
kinto.includes = kinto.plugins.accounts${plugin === undefined ? '' : ' stepfunction_bench'}
${Object.entries(settings)
  .map(([key, value]) => `${key} = ${value}`)
  .join('\n')}
kinto.userid_hmac_secret = ${secret}
kinto.bucket_create_principals = system.Authenticated
kinto.account_create_principals = system.Everyone
kinto.account_cache_ttl_seconds = 86400
${profiles === undefined ? '' : `kinto.profiler_enabled = true\nkinto.profiler_dir = ${profiles}`}
multiauth.policies = account
multiauth.policy.account.use = kinto.plugins.accounts.AccountsPolicy
${Object.entries(plugin ?? {})
  .map(([key, value]) => `stepfunction.${key} = ${value}`)
  .join('\n')}

${logging}`
}

const logging = `[loggers]
keys = root, waitress, queue

[handlers]
keys = console

[formatters]
keys =

[logger_root]
level = ERROR
handlers = console

[logger_waitress]
level = INFO
handlers =
qualname = waitress

[logger_queue]
level = ERROR
handlers =
qualname = waitress.queue

[handler_console]
class = StreamHandler
args = (sys.stderr,)
`
