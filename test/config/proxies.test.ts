import t from 'tap'
import { describeSettings, loadSettings } from '../../src/config/config.ts'

const load = (env: Record<string, string>): ReturnType<typeof loadSettings> =>
  loadSettings({ argv: [], env })

t.test('the proxy of the environment, by its usual names', async t => {
  const rows: [Record<string, string>, object | undefined][] = [
    [{}, undefined],
    [{ NO_PROXY: 'localhost' }, undefined],
    [{ HTTPS_PROXY: ' ', https_proxy: '' }, undefined],
    [{ HTTP_PROXY: 'http://plain:3128' }, undefined],
    [{ HTTPS_PROXY: 'http://big:3128\n' }, { https_proxy: 'http://big:3128' }],
    [
      { HTTPS_PROXY: 'http://big:3128', https_proxy: 'http://small', NO_PROXY: ' a,b' },
      { https_proxy: 'http://small', no_proxy: 'a,b' }
    ]
  ]
  for (const [env, proxies] of rows) t.strictSame(load(env).proxies, proxies)
})

t.test('one that could not be used keeps the service from starting, and is not told', async t => {
  for (const HTTPS_PROXY of ['proxy.example.com:3128', 'socks5://user:hunter2@p', 'http://']) {
    t.throws(() => load({ HTTPS_PROXY }), { message: /HTTPS_PROXY must be an http or https URL/ })
    t.throws(() => load({ HTTPS_PROXY }), { message: /^((?!hunter2)[^])*$/ })
  }
})

t.test('the log tells only that there is one', async t => {
  const settings = load({ HTTPS_PROXY: 'http://user:hunter2@proxy:3128' })
  t.match(describeSettings(settings), { proxy: 'set' })
  t.notMatch(JSON.stringify(describeSettings(settings)), /hunter2/)
})
