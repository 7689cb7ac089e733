import * as fc from 'fast-check'

// Numbers as text, as clients spell them: JavaScript would spell them anew.
const whole = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }).map(String)
const digits = fc.stringMatching(/^[1-9]\d{0,24}$/)
const fraction = fc
  .tuple(fc.constantFrom('', '-'), digits, fc.integer({ min: -6, max: 15 }))
  .filter(([, text, magnitude]) => magnitude < text.length)
  .map(([sign, text, magnitude]) =>
    magnitude <= 0
      ? `${sign}0.${'0'.repeat(-magnitude)}${text}`
      : `${sign}${text.slice(0, magnitude)}.${text.slice(magnitude)}`
  )
const power = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.integer({ min: 1, max: 9 }),
    fc.constantFrom('e0', 'E1', 'e+14', 'e-6', '.5e3', '.125e-2', '.0')
  )
  .map(parts => parts.join(''))
const number = fc.oneof(
  whole,
  fraction,
  power,
  fc.constantFrom(
    '0',
    '-0',
    '0.0',
    '-0.0e10',
    '0e999',
    '9007199254740993',
    '18446744073709551615',
    '-9223372036854775808',
    '1e-7',
    '999999999999999',
    '0.1',
    '2.675',
    '1e18'
  )
)
/** Texts that Kinto can keep. */
export const text = fc
  .oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '',
      '\u{10FFFF}',
      '\u0001\u001F',
      '\u2028\uFEFF\uFFFF',
      'é',
      'e\u0301',
      '1',
      '"\\/'
    )
  )
  .filter(value => !value.includes('\0') && value.isWellFormed())
/** Values of all kinds, as JSON. */
export const json = fc.letrec<{ value: string }>(tie => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    number,
    number,
    text.map(value => JSON.stringify(value)),
    fc.constantFrom('true', 'false', 'null', '[]', '{}'),
    fc.array(tie('value'), { maxLength: 4 }).map(items => `[${items.join()}]`),
    fc.dictionary(text, tie('value'), { maxKeys: 4 }).map(object)
  )
})).value

/** An object as JSON; its values are JSON already. */
export function object(fields: Record<string, string>): string {
  return `{${Object.entries(fields)
    .map(([name, value]) => `${JSON.stringify(name)}: ${value}`)
    .join()}}`
}
