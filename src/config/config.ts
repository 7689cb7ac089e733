import { isDeepStrictEqual, parseArgs } from 'node:util'
import { misspelt } from './environment.ts'
import { readSettingsFile } from './file.ts'
import { proxiesIn, type Proxies } from './proxies.ts'
import { readSettings } from './keys.ts'
import type { Key, Settings as TableOfSettings } from './keys.ts'
import { nearest } from './nearest.ts'
import { createReader } from './reader.ts'

export interface Settings extends TableOfSettings {
  /** For calls to AWS. From the environment alone. */
  proxies?: Proxies
}

export type Command = 'start' | 'check' | 'help' | 'version'

const options = {
  config: { type: 'string' },
  check: { type: 'boolean' },
  help: { type: 'boolean' },
  version: { type: 'boolean' }
} as const

const formerGuard: Key<true> = {
  name: 'guard',
  doc: 'Kept reviewers from changing questions.',
  parse: () => true
}

export interface Start {
  /** The arguments after the script's name. */
  argv: string[]
  env: Record<string, string | undefined>
}

/** Everything that is wrong with the settings, without any secret value. */
export class ConfigError extends Error {
  override name = 'ConfigError'
  readonly problems: string[]

  constructor(problems: string[]) {
    super(['The settings are not usable:', ...problems].join('\n'))
    this.problems = problems
  }
}

/**
 * The settings from the environment, else from the file that --config, STEPFUNCTION_INI or
 * KINTO_INI names, else the defaults.
 * @throws ConfigError that lists every problem
 */
export function loadSettings({ argv, env }: Start): Settings {
  const problems: string[] = []
  const path = [configArgument(argv, problems), env['STEPFUNCTION_INI'], env['KINTO_INI']].find(
    Boolean
  )
  const file = path === undefined ? new Map<string, string>() : readSettingsFile(path, problems)
  const reader = createReader({ env, file }, problems)
  // A setting that only earlier versions had must not keep the service from starting.
  const guardIsSet = createReader({ env, file }, []).optional(formerGuard)
  const settings = {
    ...readSettings(reader),
    ...proxiesIn(env, problems),
    ...(guardIsSet === undefined ? {} : { guardIsSet })
  }

  for (const key of file.keys()) {
    if (isKnown(key, [...reader.names, formerGuard.name])) continue
    problems.push(unknownKey(key, reader.names))
  }
  if (reader.given.has('aws_access_key') !== reader.given.has('aws_secret_key')) {
    problems.push(
      'stepfunction.aws_access_key and stepfunction.aws_secret_key work only together. ' +
        'Set both or none.'
    )
  }
  if (settings.activities.length > 0 && settings.kintoAuthorization === undefined) {
    problems.push(
      'stepfunction.activities needs stepfunction.kinto_authorization: ' +
        'the token of every task is saved in its record by the service itself.'
    )
  }
  if (settings.sealRequired.length > 0 && settings.sealSecrets === undefined) {
    problems.push(
      'stepfunction.seal_required needs stepfunction.seal_secret: ' +
        'without it no question can be sealed.'
    )
  }
  if (settings.listen.port !== 0 && isDeepStrictEqual(settings.listen, settings.adminListen)) {
    problems.push(
      'stepfunction.listen and stepfunction.admin_listen are the same address. ' +
        'Give one of them another port.'
    )
  }
  // What is wrong may be that a variable is misspelt. That alone keeps nobody from starting.
  if (problems.length > 0) throw new ConfigError([...problems, ...misspelt(env)])
  return settings
}

/** What the command line asks for. `loadSettings` finds what is wrong with it. */
export function commandOf(argv: string[]): Command {
  const { values } = parseArgs({ args: argv, options, strict: false })
  return (['help', 'version', 'check'] as const).find(name => values[name] === true) ?? 'start'
}

/** For the log: says whether a secret is set, and not what it is. */
export function describeSettings({
  kintoAuthorization,
  kintoCa,
  sealSecrets,
  aws,
  proxies,
  ...settings
}: Settings): Record<string, unknown> {
  return {
    ...settings,
    ...(kintoCa === undefined ? {} : { kintoCa: kintoCa.path }),
    kintoAuthorization: presence(kintoAuthorization),
    sealSecret: presence(sealSecrets),
    ...(proxies === undefined ? {} : { proxy: 'set' }),
    aws: { ...aws, accessKey: presence(aws.accessKey), secretKey: presence(aws.secretKey) }
  }
}

function presence(secret: unknown): string {
  return secret === undefined ? 'not set' : 'set'
}

function configArgument(argv: string[], problems: string[]): string | undefined {
  const { tokens, values } = parseArgs({ args: argv, options, strict: false, tokens: true })
  // Arguments are named by their place: somebody may have written a secret there.
  const unknown = tokens
    .filter(token => token.kind !== 'option' || !Object.hasOwn(options, token.name))
    .map(({ index }) => index + 1)
  for (const place of new Set(unknown))
    problems.push(
      `Argument ${place} of the command line is not known; --help shows those that there are.`
    )
  if (typeof values.config === 'string' && values.config !== '') return values.config
  if (values.config !== undefined) problems.push('--config needs the path of a settings file.')
  return undefined
}

function isKnown(key: string, names: readonly string[]): boolean {
  return names.some(name => key === `stepfunction.${name}` || key === `kinto.stepfunction.${name}`)
}

function unknownKey(key: string, names: readonly string[]): string {
  const guesses = nearest(key.toLowerCase().replace(/^(kinto\.)?stepfunction\./, ''), names)
  const meant = guesses.map(name => `stepfunction.${name}`).join(' or ')
  const hint = meant === '' ? '' : ` Did you mean ${meant}?`
  return `${key} is not a setting.${hint}`
}
