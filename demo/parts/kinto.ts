import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeRunFolder } from './folder.ts'
import { startPart } from './process.ts'
import type { Part } from './process.ts'
import { ensurePython } from './python.ts'
import { answers, untilReady } from './ready.ts'

export interface KintoOptions {
  /** Options of `[app:main]`, beside those below or in place of them. */
  settings?: Readonly<Record<string, string>>
  /** 0, any free one, by default. */
  port?: number
  /** A folder with Python modules that the settings name. */
  modules?: string
}

export interface Kinto extends Part {
  /** Its origin, without `/v1`. */
  url: string
}

/** Starts an unmodified Kinto with its own command, in memory, on 127.0.0.1: accounts, history and personal buckets. */
export async function startKinto ({ settings = {}, port = 0, modules }: KintoOptions = {}): Promise<Kinto> {
  const python = await ensurePython()
  const folder = makeRunFolder('kinto')
  const ini = join(folder, 'kinto.ini')
  writeFileSync(ini, render({ ...defaults(), ...settings }))
  const part = startPart({
    name: 'Kinto',
    command: python,
    // The script beside this Python has an absolute path in its first line, which does not survive a move of the project
    args: ['-W', 'ignore', '-c', 'import sys; from kinto.__main__ import main; sys.exit(main())', 'start', '--ini', ini, '--port', String(port)],
    env: { PATH: process.env['PATH'] ?? '', KINTO_INI: ini, PYTHONUNBUFFERED: '1', ...modules !== undefined && { PYTHONPATH: modules, PYTHONDONTWRITEBYTECODE: '1' } },
    folder
  })
  // With port 0 the system picks one that nobody else can take meanwhile
  const url = await untilReady(part, () => /Serving on (http:\S+)/.exec(part.log())?.[1])
  const [version] = (settings['kinto.http_api_version'] ?? '1').split('.')
  await untilReady(part, () => answers(`${url}/v${version}/`))
  return { ...part, url }
}

function defaults (): Record<string, string> {
  return {
    'kinto.includes': 'kinto.plugins.default_bucket kinto.plugins.accounts kinto.plugins.history',
    'kinto.storage_backend': 'kinto.core.storage.memory',
    'kinto.cache_backend': 'kinto.core.cache.memory',
    'kinto.permission_backend': 'kinto.core.permission.memory',
    'kinto.userid_hmac_secret': randomBytes(16).toString('hex'),
    'kinto.bucket_create_principals': 'system.Authenticated',
    'kinto.account_create_principals': 'system.Everyone',
    'kinto.account_write_principals': 'account:admin',
    // Kinto hashes a password slowly, on purpose, unless it remembers it
    'kinto.account_cache_ttl_seconds': '86400',
    'multiauth.policies': 'account',
    'multiauth.policy.account.use': 'kinto.plugins.accounts.AccountsPolicy'
  }
}

function render (settings: Readonly<Record<string, string>>): string {
  return [
    '[server:main]', 'use = egg:waitress', 'host = 127.0.0.1', 'port = %(http_port)s', 'threads = 8', '',
    '[app:main]', 'use = egg:kinto', ...Object.entries(settings).map(([key, value]) => `${key} = ${value}`), '',
    logging
  ].join('\n')
}

// Warnings, and the line that names the port
const logging = `[loggers]
keys = root, waitress

[handlers]
keys = console

[formatters]
keys =

[logger_root]
level = WARNING
handlers = console

[logger_waitress]
level = INFO
handlers =
qualname = waitress

[handler_console]
class = StreamHandler
args = (sys.stderr,)
`
