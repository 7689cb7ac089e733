/** Values of the fields that say what the answers to a record may be. */
export type Row = [title: string, value: unknown]

const choice = { label: 'Refund', answer: 'SUCCEED' }

/** What counts as if the field were not there. */
export const absent: Row[] = [
  ['null', null],
  ['an empty text', '']
]

export const wellFormed: Record<string, Row[]> = {
  requestedBy: [
    ['an account', 'account:carol'],
    ['an account of a policy of its own', 'my-ldap:carol'],
    ['odd characters', 'auth0:google-oauth2|Carol Smith'],
    ['a group', '/buckets/stepfunction/groups/askers'],
    ['everybody who is logged in, among others', ['account:carol', 'account:dave']],
    ['nobody', []]
  ],
  choices: [
    ['one', [choice]],
    ['ten', Array.from({ length: 10 }, (_none, at) => ({ ...choice, label: `${at}` }))],
    ['a label of 80 characters', [{ ...choice, label: 'x'.repeat(80) }]],
    [
      'all of its keys',
      [{ label: 'No', answer: 'FAIL', error: 'No', comment: 'required', help: 'h' }]
    ],
    ['keys that are absent', [{ ...choice, error: null, comment: '', help: null }]],
    ['keys that are not known', [{ ...choice, color: 'green' }]]
  ],
  form: [
    ['the least', { type: 'object' }],
    ['with properties', { type: 'object', properties: { n: { type: 'integer' } } }]
  ],
  expiresAt: [
    ['in UTC', '2026-11-22T10:00:00Z'],
    ['with a fraction and a zone', '2026-11-22T10:00:00.123456+05:30'],
    ['in lower case', '2026-11-22t10:00:00z'],
    ['a leap second', '2016-12-31T23:59:60Z'],
    ['a leap day', '2028-02-29T00:00:00Z']
  ],
  subject: [
    ['a number', 5],
    ['a list', ['a']]
  ],
  description: [
    ['line breaks', 'a\nb'],
    ['an object', { a: 1 }]
  ]
}

export const malformed: Record<string, Row[]> = {
  requestedBy: [
    ['no principal', 'carol'],
    ['a number', 5],
    ['an object', { id: 'account:carol' }],
    ['a list with a name', ['account:carol', 'dave']],
    ['a list with a number', [1]],
    ['a list with an empty text', ['']],
    ['white space behind an account', 'account:alice '],
    ['the end of a line in a list', ['account:carol', 'account:alice\n']],
    ['a slash behind a group', '/buckets/stepfunction/groups/askers/'],
    ['a query behind a group', '/buckets/stepfunction/groups/askers?'],
    ['a group of whoever reads it', ['/buckets/default/groups/askers']]
  ],
  choices: [
    ['a text', 'Refund'],
    ['an object', choice],
    ['empty', []],
    ['eleven', Array.from({ length: 11 }, (_none, at) => ({ ...choice, label: `${at}` }))],
    ['a text in the list', ['Refund']],
    ['no label', [{ answer: 'FAIL' }]],
    ['an empty label', [{ ...choice, label: '' }]],
    ['a label too long', [{ ...choice, label: 'x'.repeat(81) }]],
    ['a label that is a number', [{ ...choice, label: 5 }]],
    ['a label that cannot be stored', [{ ...choice, label: 'a\0' }]],
    ['an error that cannot', [{ label: 'No', answer: 'FAIL', error: 'a\0' }]],
    ['a label twice', [choice, { ...choice, answer: 'FAIL' }]],
    ['no answer', [{ label: 'Refund' }]],
    ['another answer', [{ label: 'Refund', answer: 'MAYBE' }]],
    ['an error with SUCCEED', [{ ...choice, error: 'No' }]],
    ['an error that is a number', [{ label: 'No', answer: 'FAIL', error: 1 }]],
    ['an error too long', [{ label: 'No', answer: 'FAIL', error: 'x'.repeat(257) }]],
    ["an error of Step Functions' own", [{ label: 'No', answer: 'FAIL', error: 'States.Timeout' }]],
    ['another comment', [{ ...choice, comment: 'optional' }]],
    ['a help that is no text', [{ ...choice, help: 5 }]]
  ],
  form: [
    ['a text', 'x'],
    ['a list', []],
    ['true', true],
    ['another type', { type: 'objekt' }],
    ['a schema of no object', { type: 'string' }],
    ['a reference to nothing', { type: 'object', properties: { a: { $ref: '#/$defs/a' } } }],
    ['a reference to elsewhere', { type: 'object', $ref: 'http://127.0.0.1:1/schema' }]
  ],
  expiresAt: [
    ['a number', 1795383289435],
    ['a date', '2026-11-22'],
    ['no zone', '2026-11-22T10:00:00'],
    ['a space', '2026-11-22 10:00:00Z'],
    ['no such day', '2026-02-30T10:00:00Z'],
    ['no such month', '2026-13-01T10:00:00Z'],
    ['no such hour', '2026-11-22T24:00:00Z'],
    ['no such zone', '2026-11-22T10:00:00+99:00'],
    ['words', 'tomorrow'],
    ['a list', ['2026-11-22T10:00:00Z']]
  ]
}

/** Each field with each of its values. */
export function each(
  table: Record<string, Row[]>
): [field: string, title: string, value: unknown][] {
  return Object.entries(table).flatMap(([field, rows]) =>
    rows.map(([title, value]): [string, string, unknown] => [field, title, value])
  )
}
