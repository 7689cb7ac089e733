import { join } from 'node:path'
import t from 'tap'
import { loadSettings } from '../../src/config/config.ts'
import { defaults, problemsOf } from './settings.ts'

t.test('no file is needed', async t => {
  t.strictSame(loadSettings({ argv: [], env: {} }), defaults)
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
      'stepfunction.kinto_connections = 50',
      'stepfunction.client_idle_seconds = 30',
      'stepfunction.admin_hosts = Kinto.monitoring.svc probe',
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
    adminHosts: ['kinto.monitoring.svc', 'probe'],
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
    kintoConnections: 50,
    clientIdleSeconds: 30,
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

function iniWithLevel(level: string): string {
  return `[app:main]\nstepfunction.log_level = ${level}\n`
}

function logLevel(argv: string[], env: Record<string, string>): string {
  return loadSettings({ argv, env }).logLevel
}

function region(env: Record<string, string>): string | undefined {
  return loadSettings({ argv: [], env }).aws.region
}
