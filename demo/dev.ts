import { accounts } from './kinto.ts'
import { freePort } from './parts/ready.ts'
import { say } from './say.ts'
import { show } from './show.ts'
import { ask, setStage } from './stage.ts'

// npm run dev: the demo's Kinto and emulator, and the service from its source.
// The service restarts when its source changes.

await show(async function dev() {
  const ports = {
    kinto: await freePort(8888),
    emulator: await freePort(4566),
    listen: await freePort(8889),
    adminListen: await freePort(8890)
  }
  let quiet = true
  const stage = await setStage({
    ports,
    service: {
      watch: true,
      onOutput: text => {
        if (!quiet) process.stderr.write(text)
      }
    }
  })
  await ask(stage)
  say(
    `\nAdmin:    ${stage.service.adminUrl}\nAccounts: ${Object.entries(accounts)
      .map(pair => pair.join(':'))
      .join('  ')}`
  )
  say('The service restarts when its source changes. Ctrl-C ends everything.\n')
  quiet = false
  await stage.service.exited
  throw new Error('The service is gone.')
})
