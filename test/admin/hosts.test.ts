import { hostname } from 'node:os'
import t from 'tap'
import { isForUs } from '../../src/admin/hosts.ts'
import { startAll } from '../helpers/service.ts'
import { sendRaw } from '../helpers/raw.ts'

const rows: [host: string | undefined, expected: boolean][] = [
  [undefined, true],
  ['localhost', true],
  ['LOCALHOST:8890', true],
  ['localhost.', true],
  ['localhost.:8890', true],
  ['localhost..', false],
  ['kinto.monitoring.svc.:8890', true],
  ['evil.example.', false],
  ['127.0.0.1:8890', true],
  ['10.1.2.3', true],
  ['[::1]:8890', true],
  [hostname(), true],
  ['kinto.monitoring.svc:8890', true],
  ['monitoring.svc', false],
  ['evil.example', false],
  ['localhost.evil.example', false],
  ['127.0.0.1.evil.example', false],
  ['', false],
  ['a b', false],
  ['user@localhost@evil.example', false]
]

for (const [host, expected] of rows) {
  t.test(`Host: ${host}`, async t => {
    t.equal(isForUs(host, ['kinto.monitoring.svc']), expected)
  })
}

t.test('the admin listener refuses a web page that has its name point here', async t => {
  const { adminUrl } = await startAll(t, { env: { ADMIN_HOSTS: 'probe.example' } })
  for (const path of ['/live', '/ready', '/metrics', '/other']) {
    const request = `GET ${path} HTTP/1.1\r\nHost: evil.example\r\n\r\n`
    const { status, body } = await sendRaw(t, adminUrl, request)
    t.equal(status, 421)
    t.match(JSON.parse(body.toString()), { code: 421, message: /stepfunction\.admin_hosts/ })
  }
  const allowed = 'GET /live HTTP/1.1\r\nHost: Probe.example:80\r\n\r\n'
  t.equal((await sendRaw(t, adminUrl, allowed)).status, 200)
})
