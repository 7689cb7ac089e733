import { about } from './about.ts'
import { createService, type Service } from './app.ts'
import { check, obstacles } from './check/check.ts'
import { warning } from './check/result.ts'
import { commandOf, describeSettings, loadSettings, type Settings } from './config/config.ts'
import { misspelt } from './config/environment.ts'
import { help } from './config/help.ts'
import { insecurities } from './config/insecure.ts'
import type { Address } from './config/values.ts'
import { backlog } from './gateway/http/server.ts'
import { cannotListen } from './listening.ts'
import { createLog } from './log.ts'
import { trimAwsVariables } from './stepfunctions/environment.ts'

trimAwsVariables(process.env)
const argv = process.argv.slice(2)
const command = commandOf(argv)
if (command === 'help') leave(0, help('kinto-stepfunction'))
if (command === 'version') leave(0, about.version)
const settings = readSettings()
if (command === 'check') await checkAndLeave(settings)
const log = createLog(settings.logLevel)
// Node would print all that the error carries: a response of Kinto, or a request to AWS.
process.once('uncaughtException', (error: unknown) => {
  log.fatal({ err: error }, 'a fault of this program ends the process')
  process.exit(1)
})
const service = await createService(settings, log)
await start(service)
stopOn(service, 'SIGTERM', 'SIGINT')

function readSettings(): Settings {
  try {
    return loadSettings({ argv, env: process.env })
  } catch (error) {
    process.stderr.write(`${String(error)}\n`)
    process.exit(1)
  }
}

async function checkAndLeave(settings: Settings): Promise<never> {
  const results = [...misspelt(process.env).map(warning), ...(await check(settings))]
  leave(
    results.some(({ level }) => level === 'wrong') ? 1 : 0,
    results.map(({ level, text }) => `${level.padEnd(8)} ${text}`).join('\n')
  )
}

function leave(code: number, text: string): never {
  process.stdout.write(`${text}\n`)
  process.exit(code)
}

async function start({ gateway, admin, begin }: Service): Promise<void> {
  const adminUrl = await listen(admin, 'admin_listen', settings.adminListen)
  const url = await listen(gateway, 'listen', settings.listen)
  begin()
  const insecure = insecurities(settings)
  log.info(
    {
      version: about.version,
      url,
      admin: adminUrl,
      settings: describeSettings(settings),
      insecure
    },
    'listening'
  )
  for (const sentence of [...misspelt(process.env), ...insecure]) log.warn(sentence)
  void tellOfObstacles()
}

async function tellOfObstacles(): Promise<void> {
  for (const sentence of await obstacles(settings)) log.warn(sentence)
}

async function listen(
  server: Service['gateway'],
  setting: string,
  address: Address
): Promise<string> {
  try {
    return await server.listen({ ...address, backlog })
  } catch (err) {
    log.fatal({ err }, cannotListen(setting, address, err))
    process.exit(1)
  }
}

// The terminal sends a Ctrl-C to this process and to npm, and npm passes it on to this process:
// that is one signal, not two.
const sameSignalMs = 100

function stopOn({ stop }: Service, ...signals: NodeJS.Signals[]): void {
  let stoppingSince: number | undefined
  for (const signal of signals) {
    process.on(signal, () => {
      if (stoppingSince !== undefined) {
        if (performance.now() - stoppingSince > sameSignalMs) process.exit(1)
        return
      }
      stoppingSince = performance.now()
      log.info(
        { signal },
        'finishing requests and polls in progress, up to 65 s; a second signal stops at once'
      )
      void stop().then(unsaved => {
        for (const task of unsaved)
          log.error(task, 'the token of this task is lost: it could not be saved in its record')
        log.info('stopped')
        process.exit(0)
      })
    })
  }
}
