#!/usr/bin/env node
import { pino } from 'pino'
import { createService, type Service } from './app.ts'
import { describeSettings, loadSettings, type Settings } from './config/config.ts'

const settings = readSettings()
const log = pino({ level: settings.logLevel, base: null })
const service = await createService(settings, log)
warnOfConsequences(settings)
await listen(service, settings)
stopOn(service, 'SIGTERM', 'SIGINT')

function readSettings (): Settings {
  try {
    return loadSettings({ argv: process.argv.slice(2), env: process.env })
  } catch (error) {
    process.stderr.write(`${String(error)}\n`)
    process.exit(1)
  }
}

function warnOfConsequences ({ kintoAuthorization }: Settings): void {
  if (kintoAuthorization !== undefined) return
  log.warn('stepfunction.kinto_authorization is not set: records are updated as the reviewer, and Kinto adds whoever writes to a record to its ' +
    'write list, so an inherited right becomes a lasting one on that record (system.Everyone included)')
  log.warn('stepfunction.kinto_authorization is not set: the token of a task that was fetched for another record waits in the memory of this ' +
    'process, and is lost with it. Run one replica, or set it')
}

async function listen ({ gateway, admin }: Service, { listen, adminListen }: Settings): Promise<void> {
  try {
    const adminUrl = await admin.listen(adminListen)
    const url = await gateway.listen(listen)
    service.begin()
    log.info({ url, admin: adminUrl, settings: describeSettings(settings) }, 'listening')
  } catch (error) {
    log.fatal({ err: error }, 'the service cannot listen: choose other addresses with stepfunction.listen and stepfunction.admin_listen')
    process.exit(1)
  }
}

function stopOn ({ stop }: Service, ...signals: NodeJS.Signals[]): void {
  let stopping = false
  for (const signal of signals) {
    process.on(signal, () => {
      if (stopping) process.exit(1)
      stopping = true
      log.info({ signal }, 'stopping: requests and polls under way are ended, for up to 65 s; a second signal stops at once')
      void stop().then(unsaved => {
        for (const task of unsaved) log.error(task, 'the token of this task is lost: it could not be saved in its record')
        log.info('stopped')
        process.exit(0)
      })
    })
  }
}
