import { show } from '../../demo/show.ts'
import { say } from '../../demo/say.ts'
import { readPlan } from './plan.ts'
import { report } from './report/report.ts'
import { soak } from './run.ts'

// npm run soak                  ten minutes of traffic
// npm run soak -- --seconds 30  less
// npm run soak -- --seed 4711   the random choices of that run, whose seed it printed

await show(async function soakAndReport() {
  const plan = readPlan(process.argv.slice(2))
  say(`Seed ${plan.seed}`)
  const soaked = await soak(plan, say)
  say(`\n${report(soaked)}`)
  return soaked.ledger.violations.length === 0
})
