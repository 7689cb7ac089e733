import t from 'tap'
import * as values from '../../src/config/values.ts'
import { testCases } from './cases.ts'

testCases(t, {
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
        'arn:aws:states:us-west-2:123456789012:activity:A\n ' +
          'arn:aws-cn:states:cn-north-1:123456789012:activity:B',
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
  }
})

t.test('the wrong entry of a list is named', async t => {
  t.throws(() => values.resources('/buckets/a b/c /buckets/d'), { message: /"b\/c" is neither\.$/ })
  t.throws(() => values.arnPatterns('arn:* states:x'), {
    message: /"states:x" does not begin with "arn:"\.$/
  })
})
