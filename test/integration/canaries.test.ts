import t from 'tap'
import { startPart } from '../../demo/parts/process.ts'
import { run } from '../check/run.ts'
import { sendRaw } from '../helpers/raw.ts'
import { as, call } from '../helpers/service.ts'
import { background } from './canaries/background.ts'
import { failures } from './canaries/failures.ts'
import { setStage, settings } from './canaries/stage.ts'

t.setTimeout(180_000)

// An error that carries what errors of Kinto's responses carry.
const crash =
  "const fault = { response: { headers: ['CANARY'], body: 'CANARY' } };" +
  "setInterval(() => { if (process.listenerCount('uncaughtException') > 0) " +
  "throw Object.assign(new Error('on purpose'), fault) }, 50)"

t.test('no secret is in any output', async t => {
  const stage = await setStage(t)
  const { service, kinto, sfn } = stage
  for (const [index, { title, status, send, mayShowContent = false }] of failures.entries()) {
    const id = `r${index}`
    stage.put(id)
    const from = service.log().length
    const response = await send(stage, id)
    t.equal(response.status, status, title)
    t.strictSame(stage.told(response, mayShowContent), [], `${title}: the response`)
    t.strictSame(stage.leaks(service.log().slice(from)), [], `${title}: the log`)
  }

  const refused: readonly [status: number, url: string, request: string][] = [
    [400, service.url, 'GET / HTTP/1.1\r\nX-Canary: CANARY\r\n broken\r\n\r\n'],
    [400, service.url, 'CANARY / HTTP/1.1\r\n\r\n'],
    [431, service.url, `GET / HTTP/1.1\r\nHost: x\r\nX-Canary: ${'CANARY'.repeat(50_000)}\r\n\r\n`],
    [501, service.url, 'PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n'],
    [421, service.adminUrl, 'GET /live HTTP/1.1\r\nHost: CANARY.example\r\n\r\n']
  ]
  for (const [status, url, request] of refused) {
    const response = await sendRaw(t, url, request)
    t.equal(response.status, status)
    t.notMatch(response.body.toString(), /CANARY/)
  }

  await background(stage)
  for (const path of ['/live', '/ready', '/metrics'])
    t.strictSame(stage.told(await call(service.adminUrl + path), false), [], path)

  const parts = {
    ...settings,
    STEPFUNCTION_KINTO_URL: kinto.url,
    STEPFUNCTION_AWS_ENDPOINT_URL: sfn.url
  }
  const outputs: readonly [title: string, env: Record<string, string>, ...args: string[]][] = [
    ['a check', parts, '--check'],
    [
      'a check of nothing that works',
      { ...parts, STEPFUNCTION_KINTO_URL: 'http://127.0.0.1:9' },
      '--check'
    ],
    [
      'a check with wrong credentials',
      { ...parts, STEPFUNCTION_KINTO_AUTHORIZATION: 'Bearer CANARY' },
      '--check'
    ],
    [
      'wrong settings',
      {
        STEPFUNCTION_KINTO_AUTHORIZATION: 'CANARY',
        STEPFUNCTION_AWS_ACCESS_KEY: 'CANARY key',
        STEPFUNCTION_SEAL_SECRET: 'CANARY'
      }
    ],
    ['a wrong argument', parts, 'CANARY'],
    [
      'a fault of the program',
      {
        ...parts,
        STEPFUNCTION_LISTEN: '127.0.0.1:0',
        STEPFUNCTION_ADMIN_LISTEN: '127.0.0.1:0',
        NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(crash)}`
      }
    ]
  ]
  for (const [title, env, ...args] of outputs) {
    const { text } = await run(env, ...args)
    t.match(text, title === 'a fault of the program' ? /on purpose/ : /./, title)
    t.strictSame(stage.leaks(text), [], title)
  }

  kinto.down()
  t.match(await stage.give('r0'), { status: 503 })
  service.kill('SIGTERM')
  t.equal(await service.exited, 0)
  t.match(
    service.log(),
    /an answer was not taken[^]*"level":50|"level":50[^]*an answer was not taken/
  )
  t.strictSame(stage.leaks(service.log()), [])

  const secrets = [...stage.tokens.slice(0, 3), 'CANARY', as('alice')]
  const control = startPart({
    name: 'control',
    command: process.execPath,
    args: ['-e', 'console.log(JSON.stringify(process.argv.slice(1)))', ...secrets],
    env: {}
  })
  await control.exited
  t.equal(stage.leaks(control.log()).length, secrets.length, 'what is logged on purpose is found')
})
