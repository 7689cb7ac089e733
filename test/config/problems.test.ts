import { join } from 'node:path'
import t from 'tap'
import { loadSettings } from '../../src/config/config.ts'
import { problemsOf } from './settings.ts'

const onlyTogether =
  'stepfunction.aws_access_key and stepfunction.aws_secret_key work only together. ' +
  'Set both or none.'

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
    'stepfunction.seal_required needs stepfunction.seal_secret: ' +
      'without it no question can be sealed.'
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
    'KINTO_STEPFUNCTION_KINTO_URL must be an http or https origin such as http://127.0.0.1:8888, ' +
      'without path, query, user or password.',
    'stepfunction.listen must be host:port, such as 127.0.0.1:8889 or [::1]:8889.',
    'stepfunction.aws_region and kinto.stepfunction.aws_region are the same setting, but differ. ' +
      'Keep one of them.',
    'STEPFUNCTION_ACTIVITY_WAIT_SECONDS must be a number of seconds from 0 to 45.',
    'stepfunction.recources is not a setting. Did you mean stepfunction.resources?',
    'kinto.stepfunction.frobnicate is not a setting.',
    'Stepfunction.log_level is not a setting. Did you mean stepfunction.log_level?',
    onlyTogether
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
  t.same(problemsOf({ STEPFUNCTION_AWS_ACCESS_KEY: 'AKIA' }), [onlyTogether])
  t.same(problemsOf({ STEPFUNCTION_AWS_SECRET_KEY: 's3cret' }), [onlyTogether])
  t.same(
    problemsOf({
      STEPFUNCTION_AWS_ACCESS_KEY: 'AKIA # mine',
      STEPFUNCTION_AWS_SECRET_KEY: 's3cret'
    }),
    [
      'STEPFUNCTION_AWS_ACCESS_KEY must be one word of ASCII characters. ' +
        'A comment needs a line of its own.'
    ]
  )
})

t.test('two listeners need two addresses', async t => {
  const same = { STEPFUNCTION_LISTEN: '127.0.0.1:8890' }
  t.same(problemsOf(same), [
    'stepfunction.listen and stepfunction.admin_listen are the same address. ' +
      'Give one of them another port.'
  ])
  t.same(
    problemsOf({ STEPFUNCTION_LISTEN: '127.0.0.1:0', STEPFUNCTION_ADMIN_LISTEN: '127.0.0.1:0' }),
    []
  )
})

function unknownArgument(place: number): string {
  return `Argument ${place} of the command line is not known; --help shows those that there are.`
}
