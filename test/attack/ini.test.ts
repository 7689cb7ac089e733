import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'
import t from 'tap'
import { readSettingsFile } from '../../src/config/file.ts'
import { parseIni } from '../../src/config/ini.ts'
import { askPython } from '../helpers/python.ts'
import { needsParts } from '../helpers/real.ts'
import { iniFile } from './ini-files.ts'
import { fuzzRuns } from './runs.ts'

// A key with white space in it is refused here, since most often its "=" is missing.
const isOurs = (key: string): boolean => /^(kinto\.)?stepfunction\.\S*$/i.test(key)

/**
 * What PasteDeploy reads from a file, or null if it refuses the file. A value of [app:main] is null
 * where interpolation fails.
 */
type Read = {
  sections: Record<string, Record<string, string>>
  defaults: Record<string, string>
  main: Record<string, string | null>
} | null

/** What PasteDeploy reads from each file. */
async function read(paths: readonly string[]): Promise<Read[]> {
  const lines = await askPython(join(import.meta.dirname, 'ini.py'), paths)
  return lines.map((line): Read => {
    const read: Read = JSON.parse(line)
    return read === null
      ? null
      : {
          ...read,
          main: Object.fromEntries(Object.entries(read.main).filter(([key]) => isOurs(key)))
        }
  })
}

/** What we read from a file, in the same form. */
function readHere(path: string, content: string): Read {
  const { defaults, sections, problems } = parseIni(content)
  if (problems.length > 0) return null
  const settings = readSettingsFile(path, [])
  const main = [...(sections.get('app:main') ?? [])]
    .filter(([key]) => isOurs(key))
    .map(([key]): [string, string | null] => [key, settings.get(key) ?? null])
  return {
    sections: Object.fromEntries(
      [...sections].map(([name, values]) => [name, Object.fromEntries(values)])
    ),
    defaults: Object.fromEntries(defaults),
    main: Object.fromEntries(main)
  }
}

t.test('ini files', needsParts('settings files, against what Kinto makes of them'), async t => {
  const folder = t.testdir()
  const contents = fc.sample(iniFile, fuzzRuns(3_000))
  const paths = contents.map((content, index) => {
    const path = join(folder, `${index}.ini`)
    writeFileSync(path, content)
    return path
  })
  const expected = await read(paths)
  const seen = { refused: 0, values: 0, unresolved: 0 }
  const differences: object[] = []
  const compare = (content: string, theirs: unknown, ours: unknown): void => {
    if (!isDeepStrictEqual(theirs, ours))
      differences.push({ content: JSON.stringify(content), theirs, ours })
  }
  for (const [index, content] of contents.entries()) {
    const [path = '', theirs = null] = [paths[index], expected[index]]
    const ours = readHere(path, content)
    compare(content, theirs, ours)
    if (theirs === null) seen.refused += 1
    for (const value of Object.values(theirs?.main ?? {}))
      seen[value === null ? 'unresolved' : 'values'] += 1
  }
  t.strictSame(
    differences.slice(0, 10),
    [],
    `${differences.length} of ${contents.length} are read in another way`
  )
  for (const [what, count] of Object.entries(seen))
    t.ok(count > contents.length / 50, `${what}: ${count}`)
})
