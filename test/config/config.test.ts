import { join } from 'node:path'
import t from 'tap'
import { ConfigError, describeSettings, loadSettings } from '../../src/config/config.ts'
import { selfSigned } from '../helpers/tls.ts'

const defaults = {
  kintoUrl: 'http://127.0.0.1:8888',
  listen: { host: '127.0.0.1', port: 8889 },
  adminListen: { host: '127.0.0.1', port: 8890 },
  resources: [{ bucket: 'stepfunction' }],
  allowedArns: [],
  activities: [],
  sealRequired: [],
  aws: {},
  activityWaitSeconds: 20,
  kintoTimeoutSeconds: 30,
  awsTimeoutSeconds: 10,
  trustProxy: false,
  logLevel: 'info'
}

function problemsOf(env: Record<string, string>, argv: string[] = []): string[] {
  try {
    loadSettings({ argv, env })
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

t.test('no file is needed', async t => {
  t.strictSame(loadSettings({ argv: [], env: {} }), defaults)
})

t.test('activities need an account to save their tokens with', async t => {
  const activities = 'arn:aws:states:us-west-2:123456789012:activity:A'
  t.throws(() => loadSettings({ argv: [], env: { STEPFUNCTION_ACTIVITIES: activities } }), {
    message: /activities needs stepfunction\.kinto_authorization/
  })
  t.match(
    loadSettings({
      argv: [],
      env: { STEPFUNCTION_ACTIVITIES: activities, STEPFUNCTION_KINTO_AUTHORIZATION: 'Bearer x' }
    }),
    { activities: [{ activityArn: activities, region: 'us-west-2' }] }
  )
})

t.test('where only sealed questions count there must be a secret', async t => {
  t.same(problemsOf({ STEPFUNCTION_SEAL_REQUIRED: '/buckets/b' }), [
    'stepfunction.seal_required needs stepfunction.seal_secret: without it no question can be sealed.'
  ])
  t.match(
    loadSettings({
      argv: [],
      env: {
        STEPFUNCTION_SEAL_REQUIRED: '/buckets/b /buckets/c/collections/d',
        STEPFUNCTION_SEAL_SECRET: '5ec3'.repeat(16)
      }
    }),
    { sealRequired: [{ bucket: 'b' }, { bucket: 'c', collection: 'd' }] }
  )
})

t.test("Kinto's own ini, shared, with our keys in it", async t => {
  const directory = t.testdir({
    'kinto.ini': [
      '[DEFAULT]',
      'here_and_there = us-west-2',
      '[server:main]',
      'use = egg:waitress#main',
      'port = %(http_port)s',
      '[app:main]',
      'use = egg:kinto',
      'kinto.includes = kinto.plugins.default_bucket',
      '                 kinto.plugins.accounts',
      '#                kinto.plugins.history',
      'kinto.storage_url = %(storage)s',
      'multiauth.policies = account',
      'stepfunction.kinto_url = https://kinto.example.com/',
      'stepfunction.listen = 0.0.0.0:80',
      'kinto.stepfunction.admin_listen = [::1]:0',
      'stepfunction.resources =',
      '    /buckets/addons',
      '    # not yet',
      '    # /buckets/blocklist',
      '    /buckets/main/collections/review',
      'stepfunction.kinto_authorization = Basic c2VydmljZTpzM2NyZXQ=',
      'stepfunction.allowed_arns = arn:aws:states:%(here_and_there)s:123456789012:*',
      `stepfunction.seal_secret = ${Buffer.alloc(32, 'a').toString('hex')}`,
      `    ${Buffer.alloc(33, 'b').toString('base64')}`,
      'stepfunction.seal_required = /buckets/main',
      'stepfunction.aws_access_key = AKIAIOSFODNN7EXAMPLE',
      'stepfunction.aws_secret_key = wJalrXUtnFEMI%%EXAMPLE',
      'stepfunction.aws_region = %(here_and_there)s',
      'stepfunction.aws_endpoint_url = http://127.0.0.1:4566',
      'stepfunction.activity_wait_seconds = 0.5',
      'stepfunction.kinto_timeout_seconds = 60',
      'stepfunction.aws_timeout_seconds = 15',
      'stepfunction.trust_proxy = true',
      'stepfunction.log_level = debug',
      '[loggers]',
      'keys = root'
    ].join('\n')
  })
  const settings = loadSettings({ argv: [], env: { KINTO_INI: join(directory, 'kinto.ini') } })
  t.strictSame(settings, {
    kintoUrl: 'https://kinto.example.com',
    listen: { host: '0.0.0.0', port: 80 },
    adminListen: { host: '::1', port: 0 },
    resources: [{ bucket: 'addons' }, { bucket: 'main', collection: 'review' }],
    kintoAuthorization: 'Basic c2VydmljZTpzM2NyZXQ=',
    allowedArns: ['arn:aws:states:us-west-2:123456789012:*'],
    activities: [],
    sealSecrets: [Buffer.alloc(32, 'a'), Buffer.alloc(33, 'b')],
    sealRequired: [{ bucket: 'main' }],
    aws: {
      accessKey: 'AKIAIOSFODNN7EXAMPLE',
      secretKey: 'wJalrXUtnFEMI%EXAMPLE',
      region: 'us-west-2',
      endpointUrl: 'http://127.0.0.1:4566'
    },
    activityWaitSeconds: 0.5,
    kintoTimeoutSeconds: 60,
    awsTimeoutSeconds: 15,
    trustProxy: true,
    logLevel: 'debug'
  })
})

t.test('which file is read', async t => {
  const directory = t.testdir({
    argument: iniWithLevel('fatal'),
    own: iniWithLevel('error'),
    kinto: iniWithLevel('warn')
  })
  const [argument, own, kinto] = [
    join(directory, 'argument'),
    join(directory, 'own'),
    join(directory, 'kinto')
  ]
  t.equal(logLevel(['--config', argument], { STEPFUNCTION_INI: own, KINTO_INI: kinto }), 'fatal')
  t.equal(logLevel([`--config=${argument}`], { STEPFUNCTION_INI: own }), 'fatal')
  t.equal(logLevel([], { STEPFUNCTION_INI: own, KINTO_INI: kinto }), 'error')
  t.equal(logLevel([], { STEPFUNCTION_INI: '', KINTO_INI: kinto }), 'warn')
  t.equal(
    logLevel([], { KINTO_INI: kinto, STEPFUNCTION_LOG_LEVEL: 'trace' }),
    'trace',
    'the environment beats the file'
  )
})

t.test('the command line', async t => {
  t.same(problemsOf({}, ['--config']), ['--config needs the path of a settings file.'])
  t.same(problemsOf({}, ['--config=']), ['--config needs the path of a settings file.'])
  t.same(problemsOf({}, ['--port=80', '-vx', 's3cret']), [
    unknownArgument(1),
    unknownArgument(2),
    unknownArgument(3)
  ])
})

t.test('every problem in one error', async t => {
  const directory = t.testdir({
    'kinto.ini': [
      '[app:main]',
      'stepfunction.listen = 8889',
      'stepfunction.recources = /buckets/a',
      'kinto.stepfunction.frobnicate = 1',
      'Stepfunction.log_level = info',
      'stepfunction.aws_region = us-west-2',
      'kinto.stepfunction.aws_region = us-east-1',
      'stepfunction.aws_access_key = AKIA'
    ].join('\n')
  })
  const expected = [
    unknownArgument(3),
    'KINTO_STEPFUNCTION_KINTO_URL must be an http or https origin such as http://127.0.0.1:8888, without path, query, user or password.',
    'stepfunction.listen must be host:port, such as 127.0.0.1:8889 or [::1]:8889.',
    'stepfunction.aws_region and kinto.stepfunction.aws_region are the same setting, but differ. Keep one of them.',
    'STEPFUNCTION_ACTIVITY_WAIT_SECONDS must be a number of seconds from 0 to 45.',
    'stepfunction.recources is not a setting. Did you mean stepfunction.resources?',
    'kinto.stepfunction.frobnicate is not a setting.',
    'Stepfunction.log_level is not a setting. Did you mean stepfunction.log_level?',
    'stepfunction.aws_access_key and stepfunction.aws_secret_key work only together. Set both or none.'
  ]
  const load = () =>
    loadSettings({
      argv: ['--config', join(directory, 'kinto.ini'), 'start'],
      env: {
        KINTO_STEPFUNCTION_KINTO_URL: 'http://kinto/v1',
        STEPFUNCTION_ACTIVITY_WAIT_SECONDS: '60'
      }
    })
  t.throws(load, {
    name: 'ConfigError',
    problems: expected,
    message: ['The settings are not usable:', ...expected].join('\n')
  })
})

t.test('a missing file does not hide what else is wrong', async t => {
  const path = join(t.testdir({}), 'missing.ini')
  const [missing, level] = problemsOf({ STEPFUNCTION_LOG_LEVEL: 'loud' }, ['--config', path])
  t.ok(missing?.includes(path))
  t.match(level, /^STEPFUNCTION_LOG_LEVEL must be one of/)
})

t.test('access key and secret key work only together', async t => {
  const together = [
    'stepfunction.aws_access_key and stepfunction.aws_secret_key work only together. Set both or none.'
  ]
  t.same(problemsOf({ STEPFUNCTION_AWS_ACCESS_KEY: 'AKIA' }), together)
  t.same(problemsOf({ STEPFUNCTION_AWS_SECRET_KEY: 's3cret' }), together)
  t.same(
    problemsOf({
      STEPFUNCTION_AWS_ACCESS_KEY: 'AKIA # mine',
      STEPFUNCTION_AWS_SECRET_KEY: 's3cret'
    }),
    [
      'STEPFUNCTION_AWS_ACCESS_KEY must be one word of ASCII characters. A comment needs a line of its own.'
    ]
  )
})

t.test('two listeners need two addresses', async t => {
  const same = { STEPFUNCTION_LISTEN: '127.0.0.1:8890' }
  t.same(problemsOf(same), [
    'stepfunction.listen and stepfunction.admin_listen are the same address. Give one of them another port.'
  ])
  t.same(
    problemsOf({ STEPFUNCTION_LISTEN: '127.0.0.1:0', STEPFUNCTION_ADMIN_LISTEN: '127.0.0.1:0' }),
    []
  )
})

t.test("the AWS SDK's own variables name the region where we do not", async t => {
  t.equal(region({ AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-2' }), 'eu-west-1')
  t.equal(region({ AWS_REGION: '', AWS_DEFAULT_REGION: 'eu-west-2' }), 'eu-west-2')
  t.equal(region({ AWS_REGION: 'eu-west-1', STEPFUNCTION_AWS_REGION: 'eu-west-3' }), 'eu-west-3')
  t.equal(
    loadSettings({ argv: [], env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' } }).aws.endpointUrl,
    undefined
  )
})

t.test('variables that Kubernetes makes for Services of these names are ignored', async t => {
  const env = {
    STEPFUNCTION_PORT: 'tcp://10.0.0.7:8889',
    STEPFUNCTION_PORT_8889_TCP: 'tcp://10.0.0.7:8889',
    STEPFUNCTION_PORT_8889_TCP_ADDR: '10.0.0.7',
    STEPFUNCTION_SERVICE_HOST: '10.0.0.7',
    STEPFUNCTION_SERVICE_PORT: '8889',
    KINTO_STEPFUNCTION_PORT: 'tcp://10.0.0.8:8889',
    KINTO_PORT: 'tcp://10.0.0.9:8888'
  }
  t.strictSame(loadSettings({ argv: [], env }), defaults)
})

t.test('guard, which earlier versions had, keeps nobody from starting', async t => {
  const path = join(
    t.testdir({
      ini: '[app:main]\nstepfunction.guard = perhaps\nkinto.stepfunction.guard = off\n'
    }),
    'ini'
  )
  t.strictSame(loadSettings({ argv: ['--config', path], env: {} }), {
    ...defaults,
    guardIsSet: true
  })
  t.strictSame(loadSettings({ argv: [], env: { STEPFUNCTION_GUARD: 'true' } }), {
    ...defaults,
    guardIsSet: true
  })
  t.strictSame(loadSettings({ argv: [], env: { STEPFUNCTION_GUARD: '' } }), defaults)
  t.same(
    problemsOf({
      STEPFUNCTION_INI: join(t.testdir({ ini: '[app:main]\nstepfunction.gard = on\n' }), 'ini')
    }),
    ['stepfunction.gard is not a setting.']
  )
})

t.test('the description for the log says which secrets are set, and not what they are', async t => {
  const settings = loadSettings({
    argv: [],
    env: {
      STEPFUNCTION_KINTO_AUTHORIZATION: 'Bearer s3cret',
      STEPFUNCTION_AWS_ACCESS_KEY: 's3cretid',
      STEPFUNCTION_AWS_SECRET_KEY: 's3cretkey',
      STEPFUNCTION_SEAL_SECRET: '5ec3'.repeat(16)
    }
  })
  const description = describeSettings(settings)
  t.strictSame(description, {
    ...defaults,
    kintoAuthorization: 'set',
    sealSecret: 'set',
    aws: { accessKey: 'set', secretKey: 'set' }
  })
  t.match(describeSettings(loadSettings({ argv: [], env: {} })), {
    kintoAuthorization: 'not set',
    sealSecret: 'not set',
    aws: { secretKey: 'not set' }
  })
  const file = join(t.testdir({ 'ca.pem': selfSigned('kinto.example').cert }), 'ca.pem')
  t.match(describeSettings(loadSettings({ argv: [], env: { STEPFUNCTION_KINTO_CA: file } })), {
    kintoCa: file
  })
})

function iniWithLevel(level: string): string {
  return `[app:main]\nstepfunction.log_level = ${level}\n`
}

function logLevel(argv: string[], env: Record<string, string>): string {
  return loadSettings({ argv, env }).logLevel
}

function region(env: Record<string, string>): string | undefined {
  return loadSettings({ argv: [], env }).aws.region
}

function unknownArgument(place: number): string {
  return `Argument ${place} of the command line is not known; --help shows those that there are.`
}
