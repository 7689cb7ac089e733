import t from 'tap'
import { loadSettings } from '../../src/config/config.ts'
import { insecurities } from '../../src/config/insecure.ts'

function of(settings: Record<string, string>): string[] {
  const env = {
    KINTO_AUTHORIZATION: 'Bearer x',
    ALLOWED_ARNS: 'arn:aws:states:us-west-2:*',
    SEAL_SECRET: '5ea1'.repeat(16),
    SEAL_REQUIRED: '/buckets/stepfunction',
    ...settings
  }
  return insecurities(
    loadSettings({
      argv: [],
      env: Object.fromEntries(
        Object.entries(env).map(([name, value]) => [`STEPFUNCTION_${name}`, value])
      )
    })
  )
}

t.test('what is insecure is said', async t => {
  t.same(of({}), [])
  const rows: [Record<string, string>, RegExp][] = [
    [{ KINTO_URL: 'http://kinto:8888' }, /kinto_url is http/],
    [{ AWS_ENDPOINT_URL: 'http://10.0.0.1:4566' }, /aws_endpoint_url is http/],
    [{ ALLOWED_ARNS: '' }, /allowed_arns/],
    [{ GUARD: 'off' }, /guard does nothing.*seal_secret/],
    [{ SEAL_REQUIRED: '' }, /seal_required is not set/],
    [{ SEAL_SECRET: '', SEAL_REQUIRED: '' }, /seal_secret is not set/],
    [{ TRUST_PROXY: 'on' }, /trust_proxy/],
    [{ ADMIN_LISTEN: '0.0.0.0:8890' }, /admin_listen/]
  ]
  for (const [settings, sentence] of rows) t.match(of(settings), [sentence])
  t.equal(of({ KINTO_AUTHORIZATION: '' }).length, 2)
  for (const url of [
    'https://kinto:8888',
    'http://localhost:1',
    'http://[::1]:1',
    'http://127.1.2.3:1'
  ])
    t.same(of({ KINTO_URL: url }), [], url)
})
