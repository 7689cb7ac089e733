import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
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
  /** The URL of a PostgreSQL database to keep everything in; by default that is memory. */
  database?: string
  /** Whether that has Kinto's tables already; by default they are made. */
  hasTables?: boolean
  /** A Python that has another Kinto than ours. */
  python?: string
  /** What serves it in place of its own command, which starts waitress. */
  server?: KintoServer
}

export interface KintoServer {
  /** The Python that has the server, and Kinto. */
  python: string
  /** Python's arguments. `ini`: Kinto's file. */
  args: (ini: string) => string[]
  /** Where it then listens. */
  url: string
}

export interface Kinto extends Part {
  /** Its origin, without `/v1`. */
  url: string
}

const run = promisify(execFile)

// All Kintos on one database must share it
const hmacSecret = randomBytes(16).toString('hex')

// Python modules that each Kinto gets
const ownModules = join(import.meta.dirname, 'modules')

/**
 * Starts an unmodified Kinto with its own command, on 127.0.0.1. It has accounts, the history and
 * personal buckets. It does not hash their passwords as slowly as it would: the accounts are sham.
 */
export async function startKinto({
  settings = {},
  port = 0,
  modules,
  database,
  hasTables = false,
  server,
  python = server?.python
}: KintoOptions = {}): Promise<Kinto> {
  const command = python ?? (await ensurePython())
  const folder = makeRunFolder('kinto')
  const ini = join(folder, 'kinto.ini')
  const all = withQuickPasswords({ ...defaults, ...backends(database), ...settings })
  writeFileSync(ini, render(all))
  const env = {
    PATH: process.env['PATH'] ?? '',
    KINTO_INI: ini,
    PYTHONUNBUFFERED: '1',
    PYTHONPATH: [ownModules, ...(modules === undefined ? [] : [modules])].join(delimiter),
    PYTHONDONTWRITEBYTECODE: '1'
  }
  if (database !== undefined && !hasTables) {
    const writable = join(folder, 'migrate.ini')
    // Kinto makes no tables while it is read-only
    writeFileSync(writable, render({ ...all, 'kinto.readonly': 'false' }))
    await run(command, kintoArguments('migrate', '--ini', writable), { env })
  }
  const part = startPart({
    name: 'Kinto',
    command,
    args: server?.args(ini) ?? kintoArguments('start', '--ini', ini, '--port', String(port)),
    env,
    folder
  })
  // With port 0 the system picks the port, so nobody else can take it in between
  const url =
    server?.url ?? (await untilReady(part, () => /Serving on (http:\S+)/.exec(part.log())?.[1]))
  const [version] = (settings['kinto.http_api_version'] ?? '1').split('.')
  await untilReady(part, () => answers(`${url}/v${version}/`))
  return { ...part, url }
}

/**
 * Python's arguments for a command of Kinto. Kinto's own script would not do: its first line has an
 * absolute path, which is wrong once the project has moved.
 */
export function kintoArguments(...args: readonly string[]): string[] {
  return [
    '-W',
    'ignore',
    '-c',
    'import sys; from kinto.__main__ import main; sys.exit(main())',
    ...args
  ]
}

const defaults = {
  'kinto.includes': 'kinto.plugins.default_bucket kinto.plugins.accounts kinto.plugins.history',
  'kinto.userid_hmac_secret': hmacSecret,
  'kinto.bucket_create_principals': 'system.Authenticated',
  'kinto.account_create_principals': 'system.Everyone',
  'kinto.account_write_principals': 'account:admin',
  // Kinto hashes passwords slowly, on purpose: this lets it remember the ones that it has checked
  'kinto.account_cache_ttl_seconds': '86400',
  'multiauth.policies': 'account',
  'multiauth.policy.account.use': 'kinto.plugins.accounts.AccountsPolicy'
}

function withQuickPasswords(settings: Readonly<Record<string, string>>): Record<string, string> {
  return { ...settings, 'kinto.includes': `${settings['kinto.includes'] ?? ''} quick_passwords` }
}

/** Where Kinto keeps its objects, rights and passwords. */
export function backends(database?: string): Record<string, string> {
  return Object.fromEntries(
    ['storage', 'permission', 'cache'].flatMap(kind =>
      database === undefined
        ? [[`kinto.${kind}_backend`, `kinto.core.${kind}.memory`]]
        : [
            [`kinto.${kind}_backend`, `kinto.core.${kind}.postgresql`],
            [`kinto.${kind}_url`, database]
          ]
    )
  )
}

function render(settings: Readonly<Record<string, string>>): string {
  return [
    '[server:main]',
    'use = egg:waitress',
    'host = 127.0.0.1',
    'port = %(http_port)s',
    'threads = 8',
    '',
    '[app:main]',
    'use = egg:kinto',
    ...Object.entries(settings).map(([key, value]) => `${key} = ${value}`),
    '',
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
