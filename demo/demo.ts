import { executionEnd } from './aws.ts'
import { answerAndCheck } from './auto.ts'
import { say } from './say.ts'
import { show } from './show.ts'
import { ask, setStage } from './stage.ts'
import type { Question, Stage } from './stage.ts'

// npm run demo                 two workflows wait for your answer
// npm run demo -- --auto       answers by itself, and checks the result

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

async function watchAll(stage: Stage, questions: readonly Question[]): Promise<boolean> {
  say('\nWaiting for both answers. Ctrl-C ends everything.')
  await Promise.all(
    questions.map(async ({ workflow, executionArn }) => {
      const { status, error, cause, output } = await executionEnd(stage.emulator.url, executionArn)
      const end = error === undefined ? `: ${output}` : ` with ${error}: ${cause}`
      say(`\nThe ${workflow} workflow has ${status}${end}`)
    })
  )
  say('\nBoth are answered.')
  return true
}
