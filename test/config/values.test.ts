import t from 'tap'
import { selfSigned } from '../helpers/tls.ts'
import { sealSecrets } from '../../src/config/secrets.ts'
import * as values from '../../src/config/values.ts'

interface Case {
  parse: (text: string) => unknown
  good: Array<[text: string, value: unknown]>
  bad: string[]
}

const cases: Record<string, Case> = {
  origin: {
    parse: values.origin,
    good: [
      ['http://127.0.0.1:8888', 'http://127.0.0.1:8888'],
      ['https://kinto.example.com/', 'https://kinto.example.com'],
      ['HTTP://Kinto:80', 'http://kinto'],
      ['http://[::1]:8888', 'http://[::1]:8888']
    ],
    bad: [
      'kinto:8888',
      '127.0.0.1:8888',
      'ftp://kinto',
      'http:kinto',
      'http://kinto/v1',
      'http://kinto/?a',
      'http://kinto/#a',
      'http://alice@kinto',
      'http://:secret@kinto',
      'http://kin to',
      'http://kinto\n',
      'http://kinto:99999',
      'http://',
      'http:\\\\kinto'
    ]
  },
  endpoint: {
    parse: values.endpoint,
    good: [
      ['http://127.0.0.1:4566', 'http://127.0.0.1:4566'],
      ['https://vpce.example.com/states', 'https://vpce.example.com/states']
    ],
    bad: [
      'localhost:4566',
      'ws://localhost',
      'http://alice:secret@localhost',
      'http://localhost/?a',
      'http://localhost/#a'
    ]
  },
  address: {
    parse: values.address,
    good: [
      ['127.0.0.1:8889', { host: '127.0.0.1', port: 8889 }],
      ['localhost:0', { host: 'localhost', port: 0 }],
      ['[::1]:65535', { host: '::1', port: 65535 }]
    ],
    bad: [
      '8889',
      ':8889',
      'localhost',
      'localhost:',
      'localhost:65536',
      'localhost:http',
      '::1:8889',
      '[localhost]:8889',
      '[]:1',
      'http://localhost:1',
      'tcp://10.0.0.1:8889'
    ]
  },
  resources: {
    parse: values.resources,
    good: [
      ['/buckets/a', [{ bucket: 'a' }]],
      [
        '/buckets/a\n/buckets/B-1/collections/c_2 /buckets/d',
        [{ bucket: 'a' }, { bucket: 'B-1', collection: 'c_2' }, { bucket: 'd' }]
      ]
    ],
    bad: [
      'a',
      'buckets/a',
      '/buckets/',
      '/buckets/a/',
      '/buckets/-a',
      '/buckets/a%20b',
      '/buckets/a/collections',
      '/buckets/a/collections/',
      '/buckets/a/groups/b',
      '/buckets/a/collections/c/records/r',
      '/v1/buckets/a',
      '/buckets/a,/buckets/b',
      '/buckets/é',
      '/buckets/*'
    ]
  },
  arnPatterns: {
    parse: values.arnPatterns,
    good: [
      ['', []],
      ['arn:*', ['arn:*']],
      [
        'arn:aws:states:us-west-2:123456789012:*\n  arn:aws-cn:states:*',
        ['arn:aws:states:us-west-2:123456789012:*', 'arn:aws-cn:states:*']
      ]
    ],
    bad: ['*', 'aws:states:*', 'arn:aws:states:* us-west-2']
  },
  activities: {
    parse: values.activities,
    good: [
      ['', []],
      [
        'arn:aws:states:us-west-2:123456789012:activity:A\n arn:aws-cn:states:cn-north-1:123456789012:activity:B',
        [
          { activityArn: 'arn:aws:states:us-west-2:123456789012:activity:A', region: 'us-west-2' },
          {
            activityArn: 'arn:aws-cn:states:cn-north-1:123456789012:activity:B',
            region: 'cn-north-1'
          }
        ]
      ]
    ],
    bad: [
      'ManualStep',
      'arn:aws:states:us-west-2:123456789012:stateMachine:A',
      'arn:aws:states:us-west-2:123456789012:activity:*:x'
    ]
  },
  authorization: {
    parse: values.authorization,
    good: [
      'Basic YWxpY2U6c2VjcmV0',
      'basic YWxpY2U6YQ==',
      'Bearer eyJ.x-y_z~',
      'Portier abc',
      'Digest a="b", c=d'
    ].map(text => [text, text]),
    bad: [
      'YWxpY2U6c2VjcmV0',
      'alice:secret',
      'Basic',
      'Basic  YWxpY2U6YQ==',
      'Basic alice:secret',
      'Basic: YWxpY2U6YQ==',
      'Bearer a\nb',
      'Bearer a\r\nX: y',
      'Bearer é',
      'Bea rer\tx'
    ]
  },
  sealSecrets: {
    parse: sealSecrets,
    good: [
      ['aB'.repeat(32), [Buffer.alloc(32, 0xab)]],
      [Buffer.alloc(32, 0xfb).toString('base64'), [Buffer.alloc(32, 0xfb)]],
      [Buffer.alloc(40, 0xfb).toString('base64url'), [Buffer.alloc(40, 0xfb)]],
      [
        `${'ab'.repeat(40)}\n  ${Buffer.alloc(33, 0xff).toString('base64')}  ${'cd'.repeat(32)}`,
        [Buffer.alloc(40, 0xab), Buffer.alloc(33, 0xff), Buffer.alloc(32, 0xcd)]
      ]
    ],
    bad: [
      '',
      'secret',
      'ab'.repeat(31),
      `${'ab'.repeat(32)}a`,
      Buffer.alloc(31).toString('base64'),
      `${'A'.repeat(50)}!`,
      `${'A'.repeat(40)}==${'A'.repeat(40)}`,
      `${'A'.repeat(44)}===`,
      'Basic YWxpY2U6c2VjcmV0',
      `${'ab'.repeat(32)} ${'ab'.repeat(32)}`,
      `${'ab'.repeat(32)} ${'AB'.repeat(32)}`,
      `${'ab'.repeat(32)} ${Buffer.alloc(32, 0xab).toString('base64')}`
    ]
  },
  awsKey: {
    parse: values.awsKey,
    good: ['AKIAIOSFODNN7EXAMPLE', 'a/b+c='].map(text => [text, text]),
    bad: ['AKIA # of production', 'a\nb', 'é']
  },
  region: {
    parse: values.region,
    good: ['us-west-2', 'us-gov-east-1', 'local'].map(text => [text, text]),
    bad: ['US-WEST-2', 'us west 2', 'us-west-2.example.com', '-us', 'us-', 'us-west-2/']
  },
  'seconds from 1 to 45': {
    parse: values.seconds(1, 45),
    good: [
      ['1', 1],
      ['45', 45],
      ['1.25', 1.25],
      ['10.0', 10]
    ],
    bad: ['0.99', '45.01', '-2', '', 'ten', '10s', '1e1', '0x10', '1,5', 'Infinity', 'NaN', '5.']
  },
  boolean: {
    parse: values.boolean,
    good: [
      ...['t', 'true', 'True', 'y', 'yes', 'on', '1'].map((text): [string, boolean] => [
        text,
        true
      ]),
      ...['f', 'false', 'FALSE', 'n', 'no', 'off', '0'].map((text): [string, boolean] => [
        text,
        false
      ])
    ],
    bad: ['ture', '2', 'null', '10.0.0.0/8']
  },
  logLevel: {
    parse: values.logLevel,
    good: [
      ['fatal', 'fatal'],
      ['error', 'error'],
      ['warn', 'warn'],
      ['INFO', 'info'],
      ['debug', 'debug'],
      ['trace', 'trace'],
      ['silent', 'silent']
    ],
    bad: ['warning', 'all', '30']
  }
}

for (const [name, { parse, good, bad }] of Object.entries(cases)) {
  t.test(name, async t => {
    for (const [text, value] of good) t.same(parse(text), value, `takes ${JSON.stringify(text)}`)
    for (const text of bad)
      t.throws(() => parse(text), { name: 'InvalidValue' }, `refuses ${JSON.stringify(text)}`)
  })
}

t.test('the wrong entry of a list is named', async t => {
  t.throws(() => values.resources('/buckets/a b/c /buckets/d'), { message: /"b\/c" is neither\.$/ })
  t.throws(() => values.arnPatterns('arn:* states:x'), {
    message: /"states:x" does not begin with "arn:"\.$/
  })
})

t.test('a file of certificates', async t => {
  const { cert, key } = selfSigned('kinto.example')
  const folder = t.testdir({
    one: cert,
    two: `# ours\n${cert}${cert}`,
    key,
    broken: cert.replace(/[A-Za-z]/, '!'),
    empty: ''
  })
  for (const name of ['one', 'two'])
    t.match(values.authorities(`${folder}/${name}`), {
      path: `${folder}/${name}`,
      certificates: cert
    })
  for (const name of ['key', 'broken', 'empty', 'none'])
    t.throws(
      () => values.authorities(`${folder}/${name}`),
      { name: 'InvalidValue', message: /PEM/ },
      name
    )
})
