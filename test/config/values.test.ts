import t from 'tap'
import * as scalars from '../../src/config/scalars.ts'
import { sealSecrets } from '../../src/config/secrets.ts'
import * as values from '../../src/config/values.ts'
import { selfSigned } from '../helpers/tls.ts'
import { testCases } from './cases.ts'

testCases(t, {
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
    parse: scalars.seconds(1, 45),
    good: [
      ['1', 1],
      ['45', 45],
      ['1.25', 1.25],
      ['10.0', 10]
    ],
    bad: ['0.99', '45.01', '-2', '', 'ten', '10s', '1e1', '0x10', '1,5', 'Infinity', 'NaN', '5.']
  },
  wholeNumber: {
    parse: scalars.wholeNumber(10, 100),
    good: [
      ['10', 10],
      ['100', 100],
      ['080', 80]
    ],
    bad: ['', '9', '101', '10.5', '1e2', '-10', ' 10', 'ten']
  },
  hostNames: {
    parse: values.hostNames,
    good: [
      ['', []],
      [' Monitoring.svc\n a_b-c ', ['monitoring.svc', 'a_b-c']]
    ],
    bad: ['example.org:8890', 'http://example.org', 'a..b', '*.example.org', 'a,b', '[::1]']
  },
  boolean: {
    parse: scalars.boolean,
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
    parse: scalars.logLevel,
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
