import t from 'tap'
import { needsParts } from './helpers/real.ts'
import { readPlan } from '../bench/soak/plan.ts'
import { report } from '../bench/soak/report/report.ts'
import { soak } from '../bench/soak/run.ts'

t.test(
  'mixed traffic while Kinto and the emulator are restarted at random',
  needsParts('a soak on real parts'),
  async t => {
    const soaked = await soak(readPlan(['--seconds', '10']), what => {
      t.comment(what)
    })
    t.comment(report(soaked))
    t.strictSame(soaked.ledger.violations, [])
  }
)
