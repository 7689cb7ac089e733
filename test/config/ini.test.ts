import t from 'tap'
import { interpolate, parseIni } from '../../src/config/ini.ts'

// Each expectation is what Python's configparser makes of the same text, as PasteDeploy sets it up.

t.test('a file as Kinto writes it', async t => {
  const { defaults, sections, problems } = parseIni(
    [
      '# Created by "kinto init"',
      '[DEFAULT]',
      'name = review',
      '',
      '[server:main]',
      'use = egg:waitress#main',
      'port = %(http_port)s',
      '',
      '[app:main]',
      'use = egg:kinto',
      'kinto.includes = kinto.plugins.default_bucket',
      '                 kinto.plugins.accounts',
      '#                kinto.plugins.history',
      '                 ; a comment of the other kind',
      '                 kinto.plugins.flush',
      'kinto.storage_url = postgresql://user:p%%40ss@localhost/db # not a comment',
      'stepfunction.resources =',
      '    /buckets/a',
      '',
      '    /buckets/b/collections/c',
      '',
      '[loggers]',
      'keys = root, kinto',
      ''
    ].join('\n')
  )

  t.same(problems, [])
  t.same([...defaults], [['name', 'review']])
  t.same([...sections.keys()], ['server:main', 'app:main', 'loggers'])
  t.same(
    [...(sections.get('app:main') ?? [])],
    [
      ['use', 'egg:kinto'],
      [
        'kinto.includes',
        'kinto.plugins.default_bucket\nkinto.plugins.accounts\nkinto.plugins.flush'
      ],
      ['kinto.storage_url', 'postgresql://user:p%%40ss@localhost/db # not a comment'],
      ['stepfunction.resources', '\n/buckets/a\n\n/buckets/b/collections/c']
    ]
  )
})

const accepted: Record<string, [lines: string[], values: Array<[string, string]>]> = {
  'a colon': [
    ['a:b', 'c : d = e', 'd = e:f'],
    [
      ['a', 'b'],
      ['c', 'd = e'],
      ['d', 'e:f']
    ]
  ],
  'tabs and trailing spaces': [['a\t=\tb  ', '\tc\t'], [['a', 'b\nc']]],
  'empty values': [
    ['a =', 'b =   '],
    [
      ['a', ''],
      ['b', '']
    ]
  ],
  'keys that differ in case': [
    ['A = 1', 'a = 2'],
    [
      ['A', '1'],
      ['a', '2']
    ]
  ],
  'a second "="': [['a == b'], [['a', '= b']]],
  'indented keys': [
    ['  a = 1', '  b = 2', ' c = 3'],
    [
      ['a', '1'],
      ['b', '2'],
      ['c', '3']
    ]
  ],
  'a deeper line that looks like a key or a section': [
    ['a = 1', ' b = 2', ' [c]'],
    [['a', '1\nb = 2\n[c]']]
  ],
  'what is white space to Python, and what is not': [
    ['a\u001f=\u0085b\ufeff', '\u001cc'],
    [['a', 'b\ufeff\nc']]
  ],
  'a comment and blank lines inside a value': [
    ['a =', '', '# x', '', '  y', '', 'b = 1'],
    [
      ['a', '\n\n\ny'],
      ['b', '1']
    ]
  ]
}
for (const [name, [lines, values]] of Object.entries(accepted)) {
  for (const [ending, kind] of [
    ['\n', 'LF'],
    ['\r\n', 'CRLF'],
    ['\r', 'CR']
  ] as const) {
    t.test(`${name} (${kind})`, async t => {
      const { sections, problems } = parseIni(['[app:main] ', ...lines, ''].join(ending))
      t.same(problems, [])
      t.same([...(sections.get('app:main') ?? [])], values)
    })
  }
}

t.test('[DEFAULT] may be opened again, other sections may not', async t => {
  const { defaults, sections, problems } = parseIni(
    '[DEFAULT]\na = 1\n[DEFAULT]\nb = 2\n[x]\nc = 3\n[x]\nd = 4\n'
  )
  t.same(
    [...defaults],
    [
      ['a', '1'],
      ['b', '2']
    ]
  )
  t.same(
    [...(sections.get('x') ?? [])],
    [
      ['c', '3'],
      ['d', '4']
    ]
  )
  t.same(problems, ['line 7 opens a section for the second time.'])
})

const neither = 'is neither a [section], nor "key = value", nor indented to continue a value.'
const refused: Record<string, [text: string, problems: string[]]> = {
  'a key without value': ['[x]\na\nb = 1\n', [`line 2 ${neither}`]],
  'a value without key': ['[x]\n= 1\n', [`line 2 ${neither}`]],
  'a key set twice': ['[x]\na = 1\n\na = 2\n', ['line 4 sets the key of line 2 again.']],
  'a list indented less than its key': ['[x]\n  a = 1\n b\n', [`line 3 ${neither}`]],
  'keys before the first section': [
    'a = 1\nb = 2\n[x]\n',
    ['line 1 stands before the first [section].']
  ],
  'several of them': [
    '[x]\na\n[x]\nb\n',
    [`line 2 ${neither}`, 'line 3 opens a section for the second time.', `line 4 ${neither}`]
  ]
}
for (const [name, [text, problems]] of Object.entries(refused)) {
  t.test(name, async t => t.same(parseIni(text).problems, problems))
}

t.test('what continues a bad line is not taken for the value before it', async t => {
  const { sections } = parseIni('[x]\na = 1\nresources\n  /buckets/b\n')
  t.same([...(sections.get('x') ?? [])], [['a', '1']])
})

t.test('interpolation', async t => {
  const chain = Array.from({ length: 11 }, (_, index): [string, string] => [
    `k${index}`,
    `%(k${index + 1})s`
  ])
  const names = new Map([
    ['x', 'X'],
    ['y', '%(x)s%%'],
    ['loop', '%(loop)s'],
    ...chain,
    ['k11', 'end']
  ])
  for (const [text, expected] of [
    ['plain', 'plain'],
    ['100%%', '100%'],
    ['%%(x)s', '%(x)s'],
    ['a %(x)s\n%(y)s', 'a X\nX%'],
    ['5% x', undefined],
    ['%%%', undefined],
    ['%(x', undefined],
    ['%(x)%(x)s', undefined],
    ['%(%(x)s)s', undefined],
    ['%(unknown)s', undefined],
    ['%(loop)s', undefined],
    ['%(k2)s', 'end'],
    ['%(k1)s', undefined]
  ] as const)
    t.equal(interpolate(text, names), expected, JSON.stringify(text))
  t.equal(interpolate('%(k3)s', new Map([...names, ['k11', '%%']])), '%')
  t.equal(
    interpolate('%(k2)s', new Map([...names, ['k11', '%%']])),
    undefined,
    'Python counts a "%%" as deep as a name'
  )
})
