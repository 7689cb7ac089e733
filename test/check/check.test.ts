import t from 'tap'
import { needsParts, realKinto } from '../helpers/real.ts'
import { as, call, collection } from '../helpers/service.ts'
import { credentials, startStepFunctions } from '../helpers/step-functions.ts'
import { selfSigned } from '../helpers/tls.ts'
import { run } from './run.ts'

const aws = {
  STEPFUNCTION_AWS_REGION: 'us-west-2',
  STEPFUNCTION_AWS_ACCESS_KEY: credentials.accessKeyId,
  STEPFUNCTION_AWS_SECRET_KEY: 'canary-secret'
}

t.test('--check finds what is right and what is wrong', needsParts('--check'), async t => {
  const [kinto, sfn] = await Promise.all([realKinto(t), startStepFunctions(t)])
  for (const user of ['service', 'workflow', 'stranger'])
    await call(`${kinto.url}/v1/accounts/${user}`, {
      method: 'PUT',
      body: { data: { password: 'secret' } }
    })
  await call(`${kinto.url}/v1/buckets/stepfunction`, { method: 'PUT', user: 'workflow', body: {} })
  await call(`${kinto.url}/v1${collection}`, {
    method: 'PUT',
    user: 'workflow',
    body: { permissions: { write: ['account:service'] } }
  })
  const right = {
    ...aws,
    STEPFUNCTION_KINTO_CA: `${t.testdir({ 'ca.pem': selfSigned('kinto.example').cert })}/ca.pem`,
    STEPFUNCTION_KINTO_URL: kinto.url,
    STEPFUNCTION_AWS_ENDPOINT_URL: sfn.url,
    STEPFUNCTION_KINTO_AUTHORIZATION: as('service'),
    STEPFUNCTION_RESOURCES: collection,
    STEPFUNCTION_ALLOWED_ARNS: 'arn:aws:states:us-west-2:*'
  }
  const rows: [title: string, env: Record<string, string>, code: number, found: RegExp[]][] = [
    [
      'all is right',
      right,
      0,
      [
        /^ok +Kinto 26\.5\.0 answers/m,
        /^ok .*account:service/m,
        /^ok +It may write/m,
        /^ok .*credentials/m,
        /^ok .*can be reached/m
      ]
    ],
    [
      'Kinto is not there',
      { ...right, STEPFUNCTION_KINTO_URL: 'http://127.0.0.1:1' },
      1,
      [/^wrong .*ECONNREFUSED/m]
    ],
    [
      'another password',
      { ...right, STEPFUNCTION_KINTO_AUTHORIZATION: as('nobody') },
      1,
      [/^wrong .*does not know the account/m]
    ],
    [
      'no right to write',
      { ...right, STEPFUNCTION_RESOURCES: '/buckets/stepfunction/collections/other' },
      1,
      [/^wrong .*may not write/m]
    ],
    [
      'no right to see anything',
      {
        ...right,
        STEPFUNCTION_KINTO_AUTHORIZATION: as('stranger'),
        STEPFUNCTION_RESOURCES: '/buckets/stepfunction'
      },
      1,
      [/^ok .*account:stranger/m, /^wrong .*sees no collection in \/buckets\/stepfunction/m]
    ],
    [
      'no credentials, and no Step Functions',
      {
        ...right,
        STEPFUNCTION_AWS_ACCESS_KEY: '',
        STEPFUNCTION_AWS_SECRET_KEY: '',
        STEPFUNCTION_AWS_ENDPOINT_URL: 'http://127.0.0.1:1'
      },
      1,
      [/^wrong .*no AWS credentials/m, /^wrong .*cannot be reached/m]
    ],
    [
      'settings that cannot be read',
      { ...right, STEPFUNCTION_KINTO_URL: 'nowhere' },
      1,
      [/STEPFUNCTION_KINTO_URL must be/]
    ]
  ]
  for (const [title, env, code, found] of rows) {
    const ended = await run(env, '--check')
    t.equal(ended.code, code, `${title}: ${ended.text}`)
    for (const line of found) t.match(ended.text, line, title)
    t.notMatch(ended.text, /canary-secret|c2VydmljZTpzZWNyZXQ/)
  }
  t.equal(sfn.calls.length, 0)

  for (const [setting, found] of [
    ['kinto.object_record_patch_enabled = false', /^wrong .*object_record_patch_enabled/m],
    ['kinto.readonly = true', /^wrong .*read-only/m]
  ] as const) {
    const [name = '', value = ''] = setting.split(' = ')
    const other = await realKinto(t, { settings: { [name]: value } })
    const { code, text } = await run(
      { ...aws, STEPFUNCTION_KINTO_URL: other.url, STEPFUNCTION_AWS_ENDPOINT_URL: sfn.url },
      '--check'
    )
    t.equal(code, 1, setting)
    t.match(text, found, setting)
    t.equal(text.match(/^wrong /gm)?.length, 1, `only that is wrong: ${text}`)
  }
})

t.test('--help and --version', async t => {
  const help = await run({}, '--help')
  t.equal(help.code, 0)
  for (const line of [
    '--config PATH',
    '--check',
    'stepfunction.kinto_url = http://127.0.0.1:8888',
    'stepfunction.kinto_authorization\n'
  ])
    t.ok(help.text.includes(line), line)
  t.notMatch(help.text, /guard/)
  t.match(await run({}, '--version'), { code: 0, text: /^\d+\.\d+\.\d+\n$/ })
  t.match(await run({}, '--nothing'), { code: 1, text: /--help/ })
})
