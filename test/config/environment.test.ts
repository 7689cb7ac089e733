import t from 'tap'
import { loadSettings } from '../../src/config/config.ts'
import { misspelt } from '../../src/config/environment.ts'
import { listKeys } from '../../src/config/help.ts'
import { defaults, problemsOf } from './settings.ts'

/** What Kubernetes tells a pod of a Service of this name, with two ports, one of them named. */
function ofService(name: string): Record<string, string> {
  const ports = [8888, 8890].map(port => [`PORT_${port}_TCP`, `tcp://10.0.0.7:${port}`] as const)
  const all: (readonly [string, string])[] = [
    ['SERVICE_HOST', '10.0.0.7'],
    ['SERVICE_PORT', '8888'],
    ['SERVICE_PORT_ADMIN', '8890'],
    ['PORT', 'tcp://10.0.0.7:8888'],
    ...ports,
    ...ports.flatMap(([port]) => [
      [`${port}_PROTO`, 'tcp'] as const,
      [`${port}_PORT`, '8888'] as const,
      [`${port}_ADDR`, '10.0.0.7'] as const
    ])
  ]
  return Object.fromEntries(all.map(([variable, value]) => [`${name}_${variable}`, value]))
}

t.test('a variable that is nearly a setting', async t => {
  for (const [variable, meant] of [
    ['STEPFUNCTION_KINTO_URI', 'STEPFUNCTION_KINTO_URL'],
    ['STEPFUNCTION_SEAL_REQIRED', 'STEPFUNCTION_SEAL_REQUIRED'],
    ['STEPFUNCTION_RESOURCE', 'STEPFUNCTION_RESOURCES'],
    ['STEPFUNCTIONS_KINTO_URL', 'STEPFUNCTION_KINTO_URL'],
    ['STEP_FUNCTION_LISTEN', 'STEPFUNCTION_LISTEN'],
    ['KINTO_STEPFUNCTION_LISTENS', 'STEPFUNCTION_LISTEN'],
    ['stepfunction_trust_proxy', 'STEPFUNCTION_TRUST_PROXY'],
    ['stepfunction.aws_region', 'STEPFUNCTION_AWS_REGION'],
    ['STEPFUNCTION_AWS_ACCESS_KEY_ID', 'STEPFUNCTION_AWS_ACCESS_KEY'],
    [
      'STEPFUNCTION_AWS_SECRET_ACCESS_KEY',
      'STEPFUNCTION_AWS_ACCESS_KEY or STEPFUNCTION_AWS_SECRET_KEY'
    ]
  ] as const) {
    const env = { [variable]: 's3cret' }
    t.same(misspelt(env), [
      `${variable} in the environment is not a setting. Did you mean ${meant}?`
    ])
    t.strictSame(loadSettings({ argv: [], env }), defaults, 'alone it keeps nobody from starting')
  }
})

t.test('it is named beside what follows from it', async t => {
  t.match(
    problemsOf({
      STEPFUNCTION_SEAL_REQUIRED: '/buckets/b',
      STEPFUNCTION_SEAL_SECERT: '5ec3'.repeat(16)
    }),
    [/seal_required needs stepfunction\.seal_secret/, /SEAL_SECERT .*STEPFUNCTION_SEAL_SECRET\?$/]
  )
})

t.test('no complaint', async t => {
  const settings = listKeys().flatMap(({ name }) => [
    `STEPFUNCTION_${name.toUpperCase()}`,
    `KINTO_STEPFUNCTION_${name.toUpperCase()}`
  ])
  for (const variable of [
    ...settings,
    'STEPFUNCTION_GUARD',
    'STEPFUNCTION_INI',
    'KINTO_INI',
    'KINTO_URL',
    'STEPFUNCTION_DASHBOARD',
    'STEPFUNCTION_',
    'LISTEN',
    'AWS_REGION',
    'MY_STEPFUNCTION_LISTEN_'
  ])
    t.same(misspelt({ [variable]: 'x' }), [], variable)
})

t.test('what Kubernetes tells of Services is neither a mistake nor a setting', async t => {
  for (const name of [
    'STEPFUNCTION',
    'KINTO_STEPFUNCTION',
    'STEPFUNCTION_ADMIN',
    'STEPFUNCTION_KINTO',
    'STEPFUNCTIONS'
  ]) {
    const env = ofService(name)
    t.same(misspelt(env), [], name)
    t.strictSame(loadSettings({ argv: [], env }), defaults, name)
  }
})
