export type Section = ReadonlyMap<string, string>

/**
 * Values are raw text (see `interpolate`). `problems` is empty for a file that Python's parser
 * accepts.
 */
export interface Ini {
  defaults: Section
  sections: ReadonlyMap<string, Section>
  problems: string[]
}

interface Value {
  lines: string[]
  line: number
}
type Values = Map<string, Value>

// Python's configparser.MAX_INTERPOLATION_DEPTH
const maximumDepth = 10

// What Python's str.strip() takes off; JavaScript's trim() takes off other characters.
const space = '[[\\s--\\ufeff]\\x1c-\\x1f\\x85]+'
const trailingSpace = new RegExp(`${space}$`, 'v')
const outerSpace = new RegExp(`^${space}|${space}$`, 'gv')

/**
 * Reads the dialect of Kinto's ini files: Python's configparser as PasteDeploy sets it up (strict,
 * keys case-sensitive). Problems name lines and never quote them, since a mistyped line may hold a
 * secret.
 */
export function parseIni(text: string): Ini {
  const defaults: Values = new Map()
  const sections = new Map<string, Values>()
  const problems: string[] = []
  let section: Values | undefined
  let value: Value | undefined
  let indent = 0

  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    const content = strip(line)
    const number = index + 1
    if (/^[#;]/.test(content)) continue
    const depth = line.indexOf(content)
    // Blank lines and lines indented deeper than their key continue the value, whatever they say.
    if (content === '' || (value !== undefined && depth > indent)) {
      value?.lines.push(content)
      continue
    }
    indent = depth
    const header = /^\[(.+)\]/s.exec(content)?.[1]
    if (header === undefined) {
      if (section === undefined) problems.push(`line ${number} stands before the first [section].`)
      section ??= new Map()
      value = readOption(content, number, section)
    } else {
      section = openSection(header, number)
      value = undefined
    }
  }
  return {
    defaults: join(defaults),
    sections: new Map([...sections].map(([name, values]) => [name, join(values)])),
    problems
  }

  function openSection(name: string, number: number): Values {
    if (name === 'DEFAULT') return defaults
    const known = sections.get(name)
    if (known !== undefined) problems.push(`line ${number} opens a section for the second time.`)
    const opened = known ?? new Map()
    sections.set(name, opened)
    return opened
  }

  /**
   * The value, which the next lines may continue. The value of a bad line is dropped, and with it
   * the lines that continue it.
   */
  function readOption(content: string, line: number, values: Values): Value {
    const end = content.search(/[=:]/)
    const key = strip(content.slice(0, Math.max(end, 0)))
    const option = { lines: [strip(content.slice(end + 1))], line }
    const first = values.get(key)
    if (key === '')
      problems.push(
        `line ${line} is neither a [section], nor "key = value", nor indented to continue a value.`
      )
    else if (first !== undefined)
      problems.push(`line ${line} sets the key of line ${first.line} again.`)
    else values.set(key, option)
    return option
  }
}

/**
 * Replaces `%%` and `%(name)s`, looking names up in `names`.
 * @returns undefined where a `%` is neither, or names refer to each other endlessly
 */
export function interpolate(text: string, names: Section, depth = 1): string | undefined {
  if (!text.includes('%')) return text
  if (depth > maximumDepth) return undefined
  const parts = text.split(/(%%|%\([^)]+\)s)/).map(part => {
    if (part === '%%') return '%'
    if (!part.includes('%')) return part
    const [, name = ''] = /^%\((.+)\)s$/s.exec(part) ?? []
    const value = names.get(name)
    return value === undefined ? undefined : interpolate(value, names, depth + 1)
  })
  return parts.includes(undefined) ? undefined : parts.join('')
}

function join(values: Values): Section {
  return new Map(
    [...values].map(([key, { lines }]) => [key, lines.join('\n').replace(trailingSpace, '')])
  )
}

function strip(text: string): string {
  return text.replace(outerSpace, '')
}
