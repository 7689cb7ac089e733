import t from 'tap'
import { differences } from '../../src/seal/compare.ts'
import { content, opened, parsed, seals, uri } from './sealing.ts'

/** The fields that count as changed: asked as `before`, a question stands there as `after`. */
function changes(before: string, after: string, openFields: string[] = []): string[] {
  const text = seals.sealQuestion(uri, { ...content, record: parsed(before), openFields })
  return seals.changed(uri, opened(text), {
    ...parsed(after),
    taskToken: text,
    id: 'r',
    last_modified: 1
  })
}

const rows: [
  title: string,
  before: string,
  after: string,
  changed: string[],
  openFields?: string[]
][] = [
  ['the same', '{"a":"x","b":[1,{"c":null}]}', '{"b":[1.0,{"c":null}],"a":"x"}', []],
  ['differs', '{"a":"x","b":1}', '{"a":"y","b":1}', ['a']],
  ['differs deep inside', '{"a":{"b":[1,{"c":null}]}}', '{"a":{"b":[1,{}]}}', ['a']],
  ['another type', '{"a":"1","b":true,"c":[]}', '{"a":1,"b":"true","c":{}}', ['a', 'b', 'c']],
  ['new', '{"a":"x"}', '{"a":"x","b":1}', ['b']],
  ['gone', '{"a":"x","b":false,"c":0}', '{"a":"x"}', ['b', 'c']],
  ['all at once, sorted', '{"z":1,"a":1}', '{"z":2,"m":1}', ['a', 'm', 'z']],
  [
    'none, null and the empty text are one',
    '{"a":null,"b":"","d":""}',
    '{"b":null,"c":"","a":""}',
    []
  ],
  [
    'but something else than nothing',
    '{"a":null,"b":"","c":[]}',
    '{"a":"x","b":0,"c":""}',
    ['a', 'b', 'c']
  ],
  ['values that change places', '{"a":1,"b":2}', '{"a":2,"b":1}', ['a', 'b']],
  [
    'what an answer writes',
    '{"a":1}',
    '{"a":1,"status":"SUCCEED","choice":"x","output":{},"answeredBy":"y","answeredAt":"z",' +
      '"comment":"c","answerReceipt":"r","over":true}',
    []
  ],
  ["Kinto's schema version", '{"a":1}', '{"a":1,"schema":1700000000000}', []],
  ['a field of that name', '{"schema":"x"}', '{"schema":"y"}', ['schema']],
  ['a field of that name, a fraction', '{"schema":1.5}', '{"schema":2.5}', ['schema']],
  ['a field of that name, lost', '{"schema":"x"}', '{"schema":17}', ['schema']],
  ['an open field', '{"note":"a","a":1}', '{"note":"b","a":1}', [], ['note']],
  ['an open field, new or gone', '{"note":"a"}', '{"reviewer":"b"}', [], ['note', 'reviewer']],
  [
    'the list of open fields itself',
    '{"openFields":["note"],"a":1}',
    '{"openFields":["note","a"],"a":2,"note":"x"}',
    ['a', 'openFields'],
    ['note']
  ],
  ['a long name is cut', `{"${'n'.repeat(80)}":1}`, '{}', ['n'.repeat(60)]],
  [
    'long names that begin alike',
    `{"${'n'.repeat(80)}a":1,"${'n'.repeat(80)}b":1}`,
    `{"${'n'.repeat(80)}a":1,"${'n'.repeat(80)}b":2}`,
    ['n'.repeat(60)]
  ],
  [
    'a name that is cut in a character',
    `{"${'n'.repeat(59)}😀":1}`,
    '{}',
    [`${'n'.repeat(59)}\ufffd`]
  ],
  ['__proto__', '{"__proto__":1}', '{"__proto__":2}', ['__proto__']],
  ['__proto__, new', '{}', '{"__proto__":{"a":1}}', ['__proto__']],
  ['constructor, gone', '{"constructor":"x"}', '{}', ['constructor']]
]

for (const [title, before, after, changed, openFields] of rows) {
  t.test(`changed fields: ${title}`, async t => {
    t.same(changes(before, after, openFields), changed)
    t.same(differences(parsed(before), parsed(after), openFields ?? []), changed, 'in clear, too')
  })
}
