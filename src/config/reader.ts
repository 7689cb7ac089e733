import type { Key, Reader } from './keys.ts'
import { InvalidValue } from './values.ts'

export interface Sources {
  env: Record<string, string | undefined>
  /** Our own keys of the settings file, by their full names. */
  file: ReadonlyMap<string, string>
}

interface Found {
  where: string
  text: string
}

/**
 * Takes each key from the environment, else the file, else its default, and adds to `problems` what
 * is wrong with it.
 */
export function createReader({ env, file }: Sources, problems: string[]) {
  const names: string[] = []
  const given = new Set<string>()
  const reader: Reader = { required, optional }
  // `names`: the keys asked for so far. `given`: those that were not left to their default.
  return { ...reader, names, given }

  function required<Value>(key: Key<Value> & { default: string }): Value {
    return optional(key) ?? key.parse(key.default)
  }

  function optional<Value>(key: Key<Value>): Value | undefined {
    names.push(key.name)
    const found = find(key)
    if (found === undefined) return undefined
    given.add(key.name)
    try {
      return key.parse(found.text)
    } catch (error) {
      if (!(error instanceof InvalidValue)) throw error
      problems.push(`${found.where} ${error.message}`)
      return undefined
    }
  }

  function find({ name, fallbackVariables = [] }: Key<unknown>): Found | undefined {
    const variable = `STEPFUNCTION_${name.toUpperCase()}`
    const [prefixed, bare] = [
      fromFile(`kinto.stepfunction.${name}`),
      fromFile(`stepfunction.${name}`)
    ]
    if (prefixed.text !== '' && bare.text !== '' && prefixed.text !== bare.text) {
      problems.push(
        `${bare.where} and ${prefixed.where} are the same setting, but differ. Keep one of them.`
      )
    }
    return [
      fromEnv(`KINTO_${variable}`),
      fromEnv(variable),
      prefixed,
      bare,
      ...fallbackVariables.map(fromEnv)
    ].find(({ text }) => text !== '')
  }

  function fromEnv(name: string): Found {
    return { where: name, text: plainText(env[name] ?? '') }
  }

  function fromFile(key: string): Found {
    return { where: key, text: plainText(file.get(key) ?? '') }
  }
}

/** Kinto decodes a value that is JSON: a quoted string or a list of strings means the same here. */
function plainText(text: string): string {
  const value = decode(text)
  if (typeof value === 'string') return value.trim()
  return Array.isArray(value) ? value.join('\n') : text.trim()
}

function decode(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
