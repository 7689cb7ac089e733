import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { interpolate, parseIni } from './ini.ts'
import type { Ini } from './ini.ts'

const ourKey = /^(?:kinto\.)?stepfunction\./i

/**
 * The keys of section [app:main] that are ours, interpolated. The keys of Kinto and its plugins
 * are not read. Adds to `problems` what makes the file unusable.
 */
export function readSettingsFile(path: string, problems: string[]): Map<string, string> {
  const ini = read(path, problems)
  if (ini === undefined) return new Map()
  problems.push(...ini.problems.map(problem => `${path}, ${problem}`))
  // PasteDeploy takes no setting from [DEFAULT], and drops one of [app:main] that is named there
  // too.
  for (const key of ini.defaults.keys()) {
    if (ourKey.test(key))
      problems.push(
        `${firstWord(key)} stands in [DEFAULT] of ${path}, where Kinto reads no settings. ` +
          'Move it to [app:main].'
      )
  }
  const section = ini.sections.get('app:main')
  if (section === undefined)
    problems.push(`${path} has no section [app:main], the only one that is read.`)

  const names = new Map([
    ['here', dirname(resolve(path))],
    ['__file__', resolve(path)],
    ...ini.defaults,
    ...(section ?? [])
  ])
  const values = new Map<string, string>()
  for (const [key, text] of section ?? []) {
    if (!ourKey.test(key)) continue
    if (/\s/.test(key)) {
      problems.push(`${firstWord(key)} in ${path} lacks the "=" between key and value.`)
      continue
    }
    const value = interpolate(text, names)
    if (value === undefined)
      problems.push(
        `${key} in ${path} has a "%" that leads nowhere. Write %% for a plain "%", ` +
          'or %(name)s for a key of the same section or of [DEFAULT].'
      )
    else values.set(key, value)
  }
  return values
}

function read(path: string, problems: string[]): Ini | undefined {
  try {
    return parseIni(new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)))
  } catch (error) {
    problems.push(`The settings file ${path} cannot be read: ${String(error)}`)
    return undefined
  }
}

/** Where a "=" is missing, the rest of the key may be a secret that ends in "=". */
function firstWord(key: string): string {
  return key.replace(/\s.*/s, '')
}
