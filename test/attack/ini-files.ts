import * as fc from 'fast-check'

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
// A chain of about as many references as configparser follows.
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
/** Texts that are ini files, or almost. */
export const iniFile = fc.oneof(
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
