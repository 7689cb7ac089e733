import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { readSettingsFile } from '../../src/config/file.ts'

/** What is read from a file with this content. In the problems "PATH" stands for its path. */
function read(t: Test, content: string | Buffer) {
  const directory = t.testdir({ 'kinto.ini': content })
  const problems: string[] = []
  const values = readSettingsFile(join(directory, 'kinto.ini'), problems)
  return {
    directory,
    values: [...values],
    problems: problems.map(problem => problem.replaceAll(join(directory, 'kinto.ini'), 'PATH'))
  }
}

t.test('only our own keys of [app:main] are read', async t => {
  const { values, problems } = read(
    t,
    [
      '[server:main]',
      'stepfunction.listen = 127.0.0.1:1',
      'port = %(http_port)s',
      '[app:main]',
      'use = egg:kinto',
      'kinto.storage_url = %(not_there)s',
      'mystepfunction.a = 1',
      'stepfunctions.a = 1',
      'stepfunction.listen = 127.0.0.1:2',
      'kinto.stepfunction.log_level = warn'
    ].join('\n')
  )
  t.same(values, [
    ['stepfunction.listen', '127.0.0.1:2'],
    ['kinto.stepfunction.log_level', 'warn']
  ])
  t.same(problems, [])
})

t.test('values may refer to their section, to [DEFAULT], and to the place of the file', async t => {
  const { directory, values, problems } = read(
    t,
    [
      '[DEFAULT]',
      'region = us-west-2',
      'account = 1',
      '[app:main]',
      'account = 2',
      'stepfunction.a = %(region)s:%(account)s',
      'stepfunction.b = %(here)s 100%%',
      'stepfunction.c = %(__file__)s'
    ].join('\n')
  )
  t.same(values, [
    ['stepfunction.a', 'us-west-2:2'],
    ['stepfunction.b', `${directory} 100%`],
    ['stepfunction.c', join(directory, 'kinto.ini')]
  ])
  t.same(problems, [])
})

t.test('a "%" that leads nowhere', async t => {
  const { values, problems } = read(
    t,
    '[app:main]\nstepfunction.kinto_authorization = Bearer s3%cret\n'
  )
  t.same(values, [])
  t.same(problems, [
    'stepfunction.kinto_authorization in PATH has a "%" that leads nowhere. ' +
      'Write %% for a plain "%", or %(name)s for a key of the same section or of [DEFAULT].'
  ])
})

t.test('settings in [DEFAULT], which Kinto would drop', async t => {
  const { problems } = read(t, '[DEFAULT]\nstepfunction.listen = a:1\nother = 1\n[app:main]\n')
  t.same(problems, [
    'stepfunction.listen stands in [DEFAULT] of PATH, where Kinto reads no settings. ' +
      'Move it to [app:main].'
  ])
})

t.test('a forgotten "=" shows no secret, though base64 ends in one', async t => {
  const { values, problems } = read(
    t,
    '[app:main]\nstepfunction.kinto_authorization Basic YTpzZWNyZXQ=\n'
  )
  t.same(values, [])
  t.same(problems, [
    'stepfunction.kinto_authorization in PATH lacks the "=" between key and value.'
  ])
})

t.test('no [app:main]', async t => {
  t.same(read(t, '[app:kinto]\nstepfunction.listen = a:1\n').problems, [
    'PATH has no section [app:main], the only one that is read.'
  ])
})

t.test('every line that is wrong, and what the others say', async t => {
  const { values, problems } = read(
    t,
    '[app:main]\nstepfunction.listen\nstepfunction.log_level = warn\nuse = a\nuse = b\n'
  )
  t.same(values, [['stepfunction.log_level', 'warn']])
  t.same(problems, [
    'PATH, line 2 is neither a [section], nor "key = value", nor indented to continue a value.',
    'PATH, line 5 sets the key of line 4 again.'
  ])
})

t.test('a byte order mark is no harm', async t => {
  t.same(read(t, '\ufeff[app:main]\nstepfunction.log_level = warn\n').values, [
    ['stepfunction.log_level', 'warn']
  ])
})

t.test('a file that cannot be read', async t => {
  const directory = t.testdir({ 'latin1.ini': Buffer.from('[app:main]\n# caf\xe9\n', 'latin1') })
  for (const [name, reason] of [
    ['missing.ini', 'ENOENT'],
    ['', 'EISDIR'],
    ['latin1.ini', 'utf-8']
  ] as const) {
    const path = join(directory, name)
    const problems: string[] = []
    t.equal(readSettingsFile(path, problems).size, 0)
    t.equal(problems.length, 1)
    t.ok(problems[0]?.startsWith(`The settings file ${path} cannot be read: `), path)
    t.match(problems[0], reason)
  }
})
