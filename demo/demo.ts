import { executionEnd } from './aws.ts'
import { answerAndCheck } from './auto.ts'
import { accounts } from './kinto.ts'
import type { Account } from './kinto.ts'
import { say } from './say.ts'
import { show } from './show.ts'
import { ask, setStage, untilGone } from './stage.ts'
import type { Question, Stage } from './stage.ts'

// npm run demo                 two workflows wait for your answer; it stays until Ctrl-C
// npm run demo -- --auto       answers by itself, checks the result, and ends

await show(async function demo() {
  const auto = process.argv.includes('--auto')
  say('A workflow of AWS Step Functions waits for a person\n')
  const stage = await setStage()
  const questions = await ask(stage)
  return auto ? await answerAll(stage, questions) : await watchAll(stage, questions)
})

async function answerAll(stage: Stage, questions: readonly Question[]): Promise<boolean> {
  let right = true
  for (const question of questions) right = (await answerAndCheck(stage, question)) && right
  say(
    right
      ? '\nBoth workflows went on as alice decided.'
      : `\nNot as it must be. The service's log:\n${stage.service.log()}`
  )
  return right
}

// Stays when all is answered: who tries the service wants to look at what it did
async function watchAll(stage: Stage, questions: readonly Question[]): Promise<never> {
  say('\nWaiting for both answers. Ctrl-C ends everything.')
  await Promise.all(
    questions.map(async ({ workflow, executionArn }) => {
      const { status, error, cause, output } = await executionEnd(stage.emulator.url, executionArn)
      const end = error === undefined ? `: ${output}` : ` with ${error}: ${cause}`
      say(`\nThe ${workflow} workflow has ${status}${end}`)
    })
  )
  say('\nBoth are answered. Kinto and the service go on until Ctrl-C, so look around:')
  for (const { recordUrl } of questions) sayCurl('alice', `${recordUrl}/stepfunction`)
  sayCurl('admin', `${stage.service.url}/v1/buckets/stepfunction/history`)
  return await untilGone(stage)
}

function sayCurl(account: Account, url: string): void {
  say(`  curl -u ${account}:${accounts[account]} ${url}`)
}
