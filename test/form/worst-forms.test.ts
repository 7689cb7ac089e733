import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { Forms } from '../../src/form/forms.ts'
import { worstForms, type WorstForm } from './worst-forms.ts'

// Milliseconds.
const longestHold = 250

t.test('the worst forms and outputs hold up nobody', async t => {
  const forms = new Forms()
  t.teardown(() => forms.stop())
  await forms.checkForm({ type: 'object' }, 'a')
  for (const worst of worstForms) {
    const [title] = worst
    const { heldMs, said } = await watch(forms, worst)
    t.ok(heldMs < longestHold, `${title}: ${heldMs.toFixed()} ms, ${said.slice(0, 100)}`)
    t.match(said, /^\{"(unusable|faults)":/, title)
  }
})

/**
 * How long a check holds up what else there is to do. On a busy machine others hold it up as well,
 * but for no longer than this thread has worked the check is to blame.
 */
async function watch(
  forms: Forms,
  [, form, output]: WorstForm
): Promise<{ heldMs: number; said: string }> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  await sleep(20)
  delay.reset()
  const before = process.threadCpuUsage()
  const said = JSON.stringify(await forms.checkOutput(form, output, 'a'))
  const { user, system } = process.threadCpuUsage(before)
  await sleep(20)
  delay.disable()
  return { heldMs: Math.min(delay.max / 1e6, (user + system) / 1e3), said }
}
