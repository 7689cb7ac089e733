import { setImmediate as nextLoop } from 'node:timers/promises'
import t from 'tap'
import { StepFunctionsError } from '../../src/stepfunctions/errors.ts'
import { retry } from '../../src/stepfunctions/retry.ts'
import { pause } from '../../src/wait.ts'
import type { Fault } from '../../src/stepfunctions/errors.ts'

/** A call that fails with these faults one after the other, then succeeds. */
function failing(...faults: Fault[]): (() => Promise<string>) & { attempts: number } {
  const call = async (): Promise<string> => {
    const fault = faults[call.attempts++]
    if (fault !== undefined) throw new StepFunctionsError(fault, 'Code', fault)
    return 'done'
  }
  call.attempts = 0
  return call
}

/** Fails, later than it may take. */
const slow = async (): Promise<never> => {
  await pause(60)
  throw new StepFunctionsError('throttled', 'Code', 'late')
}

t.test('tries again where that can help', async t => {
  for (const fault of ['throttled', 'credentials', 'unsent', 'unknown'] as const) {
    const call = failing(fault, fault)
    t.strictSame(await retry(5000, call), { value: 'done' }, fault)
    t.equal(call.attempts, 3)
  }
})

t.test('gives up at once where it cannot', async t => {
  for (const fault of [
    'unsendable',
    'token dead',
    'token invalid',
    'input refused',
    'not found',
    'refused'
  ] as const) {
    const call = failing(fault)
    t.match(await retry(5000, call), { error: { fault }, uncertain: false })
    t.equal(call.attempts, 1)
  }
})

t.test('once an outcome is unknown it stays uncertain', async t => {
  t.match(await retry(5000, failing('unknown', 'throttled', 'token dead')), {
    error: { fault: 'token dead' },
    uncertain: true
  })
})

t.test('ends when the time is up, with the last failure', async t => {
  const call = failing(...Array.from<Fault>({ length: 1000 }).fill('throttled'))
  t.match(await retry(900, call), { error: { fault: 'throttled' }, uncertain: false })
  t.ok(call.attempts > 1 && call.attempts < 1000)
})

t.test('where nothing can be sent, it ends soon after that was seen', async t => {
  const begun = performance.now()
  const call = failing(...Array.from<Fault>({ length: 1000 }).fill('unsent'))
  t.match(await retry(60_000, call), { error: { fault: 'unsent' }, uncertain: false })
  t.ok(performance.now() - begun >= 1_400)
  t.ok(call.attempts > 2 && call.attempts < 1000)
})

t.test('an outage that ends, and one that leaves it open what happened, end nothing', async t => {
  for (const faults of [
    ['unsent', 'throttled', 'credentials'],
    ['unknown', ...Array.from<Fault>({ length: 8 }).fill('unsent')]
  ] as const)
    t.strictSame(await retry(60_000, failing(...faults)), { value: 'done' })
})

t.test('a pause is never shorter than none', async t => {
  const warned: Error[] = []
  const note = (warning: Error): unknown => warned.push(warning)
  process.on('warning', note)
  t.teardown(() => process.off('warning', note))
  t.match(await retry(50, slow), { error: { fault: 'throttled' } })
  await nextLoop()
  t.strictSame(warned, [])
})

t.test('without any time nothing is tried', async t => {
  const call = failing()
  t.match(await retry(0, call), { error: { fault: 'unsent' }, uncertain: false })
  t.match(await retry(-1, call), { error: { fault: 'unsent' } })
  t.equal(call.attempts, 0)
})

t.test('each attempt gets a third of the time', async t => {
  let attempts = 0
  const hanging = async (signal: AbortSignal): Promise<never> =>
    await new Promise((_resolve, reject) => {
      attempts++
      // The timer of an AbortSignal keeps no process alive. This one does.
      const timer = setInterval(() => {}, 1000)
      signal.addEventListener('abort', () => {
        clearInterval(timer)
        reject(signal.reason as Error)
      })
    })
  t.match(await retry(900, hanging), {
    error: { fault: 'unknown', code: 'TimeoutError' },
    uncertain: true
  })
  t.ok(attempts === 2 || attempts === 3)
})
