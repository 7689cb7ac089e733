import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { describeSettings, loadSettings } from '../../src/config/config.ts'
import { listKeys } from '../../src/config/help.ts'

const example = readFileSync(new URL('../../config.example.ini', import.meta.url), 'utf8')
const keyLine = /^# (stepfunction\.(\w+) =(.*))$/gm

const keys = listKeys()

t.test('config.example.ini shows every key once, with its default', async t => {
  const shown = [...example.matchAll(keyLine)].map(([, , name, text]) => [name, text?.trim()])
  t.same(
    shown,
    keys.map(key => [key.name, key.default ?? ''])
  )
})

t.test('config.example.ini explains every key in its own words', async t => {
  for (const { name, doc } of keys) {
    const block = example.split('\n\n').find(block => block.includes(`# stepfunction.${name} =`))
    t.equal(block?.split('\n')[0], `# ${doc}`)
  }
})

t.test(
  'config.example.ini means the defaults, as it is and with every key uncommented',
  async t => {
    const uncommented = example.replace(keyLine, '$1')
    const directory = t.testdir({ 'as-it-is.ini': example, 'uncommented.ini': uncommented })
    const defaults = loadSettings({ argv: [], env: {} })
    for (const name of ['as-it-is.ini', 'uncommented.ini']) {
      t.strictSame(loadSettings({ argv: ['--config', join(directory, name)], env: {} }), defaults)
    }
  }
)

t.test(
  'no key is called as what Kubernetes makes for a Service, or as the variable that names the file',
  async t => {
    t.same(
      keys.filter(({ name }) => /^(port|service|ini$)/.test(name)),
      []
    )
  }
)

for (const { name } of keys.filter(({ name }) =>
  /authorization|secret|password|token/.test(name)
)) {
  t.test(`${name} is a secret`, async t => {
    const variable = `STEPFUNCTION_${name.toUpperCase()}`
    const directory = t.testdir({
      'bad.ini': `[app:main]\nstepfunction.${name} = Bearer hush\u0001\n`,
      'conflict.ini':
        `[app:main]\nkinto.stepfunction.${name} = Basic hu:sh\n` +
        `stepfunction.${name} = hush %%\n`
    })
    for (const start of [
      { argv: [], env: { [variable]: 'Basic hush\nhush' } },
      { argv: [], env: { [variable]: 'hush\u0001' } },
      { argv: ['--config', join(directory, 'bad.ini')], env: {} },
      { argv: ['--config', join(directory, 'conflict.ini')], env: {} }
    ]) {
      const message = String(t.throws(() => loadSettings(start), { name: 'ConfigError' }))
      t.match(message.toLowerCase(), name)
      t.notMatch(message, /hu:?sh/)
    }

    const env: Record<string, string> = {
      STEPFUNCTION_AWS_ACCESS_KEY: 'id',
      STEPFUNCTION_AWS_SECRET_KEY: 'key'
    }
    const value =
      name === 'kinto_authorization'
        ? 'Bearer hush'
        : name === 'seal_secret'
          ? 'hush'.repeat(11)
          : 'hush'
    const settings = loadSettings({ argv: [], env: { ...env, [variable]: value } })
    t.match(written(settings), 'hush')
    t.notMatch(written(describeSettings(settings)), 'hush')
  })
}

/** As JSON, with bytes in base64. */
function written(settings: object): string {
  return JSON.stringify(settings, (_name, value: unknown) =>
    value !== null && typeof value === 'object' && 'type' in value && value.type === 'Buffer'
      ? Buffer.from(value as unknown as Buffer).toString('base64')
      : value
  )
}
