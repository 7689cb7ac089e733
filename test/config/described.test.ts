import { join } from 'node:path'
import t from 'tap'
import { describeSettings, loadSettings } from '../../src/config/config.ts'
import { selfSigned } from '../helpers/tls.ts'
import { defaults } from './settings.ts'

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
