import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'
import t from 'tap'
import { readSettingsFile } from '../../src/config/file.ts'
import { parseIni } from '../../src/config/ini.ts'
import { askPython } from '../helpers/python.ts'
import { needsParts } from '../helpers/real.ts'

// The same files every time; `FUZZ_SEED` and `FUZZ_RUNS` ask for others.
const runs = {
  seed: Number(process.env['FUZZ_SEED'] ?? 1),
  numRuns: Number(process.env['FUZZ_RUNS'] ?? 3_000)
}

// A key with white space in it is refused here: it is most often one without its "=".
const isOurs = (key: string): boolean => /^(kinto\.)?stepfunction\.\S*$/i.test(key)

/** What PasteDeploy makes of a file; null if it refuses it. A value of [app:main] is null where interpolation fails. */
type Read = {
  sections: Record<string, Record<string, string>>
  defaults: Record<string, string>
  main: Record<string, string | null>
} | null

const blank = fc.constantFrom(
  '',
  '',
  '',
  ' ',
  '  ',
  '\t',
  '\u00a0',
  '\f',
  '\v',
  '\x1c',
  '\x1f',
  '\x85',
  '\u2028',
  '\u3000',
  '\ufeff',
  '\u200b'
)
const key = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      'a',
      'b',
      'c',
      'A',
      'stepfunction.a',
      'stepfunction.b',
      'stepfunction.c',
      'stepfunction.D',
      'kinto.stepfunction.a',
      'kinto.x',
      'use',
      'here'
    )
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('x y', 'set a', '[', '', '%', 'é', '__proto__', 'stepfunction.e f')
  }
)
const piece = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      'v',
      'w',
      '%%',
      '%(a)s',
      '%(b)s',
      '%(stepfunction.a)s',
      '%(stepfunction.b)s',
      '%(here)s',
      '%(__file__)s'
    )
  },
  {
    weight: 1,
    arbitrary: fc.oneof(
      blank,
      fc.constantFrom(
        '%',
        '%(',
        '%(a)',
        '%()s',
        '%(none)s',
        '#',
        ';',
        '=',
        ':',
        '[s]',
        ']',
        '"',
        '\\',
        'é',
        '😀',
        '\0'
      )
    )
  }
)
const value = fc.array(piece, { maxLength: 4 }).map(pieces => pieces.join(''))
const header = fc.constantFrom(
  '[app:main]',
  '[app:main]',
  '[server:main]',
  '[DEFAULT]',
  '[DEFAULT]',
  '[default]',
  '[x]',
  '[x]]',
  '[]',
  '[',
  '[ ]',
  '[x] = 1',
  '[y]#',
  '[__proto__]'
)
const option = fc
  .tuple(blank, key, blank, fc.constantFrom('=', '=', '=', ':', '=='), blank, value, blank)
  .map(parts => parts.join(''))
const line = fc.oneof(
  { weight: 6, arbitrary: option },
  { weight: 1, arbitrary: fc.tuple(blank, header, blank).map(parts => parts.join('')) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(' ', '  ', '\t', '\u00a0', '\x1f'), value)
      .map(parts => parts.join(''))
  },
  {
    weight: 1,
    arbitrary: fc.tuple(blank, fc.constantFrom('#', ';'), value).map(parts => parts.join(''))
  },
  { weight: 1, arbitrary: blank },
  { weight: 1, arbitrary: fc.tuple(blank, value).map(parts => parts.join('')) }
)
const opening = fc.constantFrom(
  '[app:main]\n',
  '[app:main]\n',
  '[app:main]\n',
  '[DEFAULT]\na = %(b)s\n[app:main]\n',
  ''
)
// A chain of references, near to as many as configparser follows
const chain = fc
  .tuple(fc.integer({ min: 8, max: 12 }), fc.constantFrom('v', '%%', '%(here)s', '%'))
  .map(([length, end]) =>
    [
      '[app:main]',
      ...Array.from(
        { length },
        (_, index) => `stepfunction.k${index} = %(stepfunction.k${index + 1})s`
      ),
      `stepfunction.k${length} = ${end}`
    ].join('\n')
  )
const file = fc.oneof(
  {
    weight: 20,
    arbitrary: fc
      .tuple(
        opening,
        fc.array(fc.tuple(line, fc.constantFrom('\n', '\n', '\n', '\r\n', '\r')), { maxLength: 8 })
      )
      .map(([start, lines]) => start + lines.flat().join(''))
  },
  { weight: 1, arbitrary: chain }
)

/** What PasteDeploy makes of each file. */
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

/** What we make of a file, in the same form. */
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
  const contents = fc.sample(file, runs)
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
