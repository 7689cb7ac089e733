import { accounts } from './kinto.ts'
import { freePort } from './parts/ready.ts'
import { say } from './say.ts'
import { show } from './show.ts'
import { ask, setStage, untilGone } from './stage.ts'
import { startWaiting } from './tokens.ts'

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
  const tokens = await startWaiting(stage.emulator.url, 3)
  say('\nTokens of steps that wait, for the commands in README.md and docs/:')
  for (const [index, token] of tokens.entries()) say(`  token${index || ''}=${token}`)
  say(
    `\nMetrics:  ${stage.service.adminUrl}/metrics\nAccounts: ${Object.entries(accounts)
      .map(pair => pair.join(':'))
      .join('  ')}`
  )
  say('The service restarts when its source changes. Ctrl-C ends everything.\n')
  quiet = false
  return await untilGone(stage)
})
