import { setImmediate as nextLoop } from 'node:timers/promises'
import t from 'tap'
import { backoff, deadline, pause, within } from '../src/wait.ts'

t.test("a step of the system's clock moves no deadline", async t => {
  const timeLeft = deadline(60_000)
  const before = timeLeft()
  t.ok(before > 0 && before <= 60_000)
  const { now } = Date
  for (const day of [-86_400_000, 86_400_000]) {
    t.intercept(Date, 'now', { value: () => now() + day })
    t.ok(timeLeft() > 0 && timeLeft() <= before, String(day))
  }
})

t.test('a deadline never has less than no time left', async t => {
  for (const ms of [0, -5]) t.equal(deadline(ms)(), 0)
  t.equal(deadline(Infinity)(), Infinity)
})

t.test('pauses grow, up to the longest, and differ', async t => {
  const pauses = { firstMs: 100, longestMs: 1_000 }
  for (const [attempt, longest] of [
    [0, 100],
    [1, 200],
    [3, 800],
    [4, 1_000],
    [5_000, 1_000]
  ] as const) {
    const tried = Array.from({ length: 200 }, () => backoff(pauses, attempt))
    t.ok(Math.min(...tried) >= 0 && Math.max(...tried) <= longest)
    t.ok(Math.max(...tried) > longest / 2)
    t.equal(new Set(tried).size, 200)
  }
})

t.test('a pause ends when its work is stopped', async t => {
  const stop = new AbortController()
  const paused = pause(3_600_000, stop.signal)
  stop.abort()
  await paused
  await pause(3_600_000, stop.signal)
  t.pass('neither waited')
})

t.test('a pause of less than no time is none', async t => {
  const warned: Error[] = []
  const note = (warning: Error): unknown => warned.push(warning)
  process.on('warning', note)
  t.teardown(() => process.off('warning', note))
  await pause(-1)
  await nextLoop()
  t.strictSame(warned, [])
})

t.test('work is waited for, within a limit', async t => {
  const { promise, resolve } = Promise.withResolvers<void>()
  // The limit's timer keeps no process alive.
  const alive = setInterval(() => {}, 1_000)
  await within(10, promise)
  clearInterval(alive)
  resolve()
  await within(3_600_000, promise)
  await t.rejects(within(3_600_000, Promise.reject(new Error('failed'))), { message: 'failed' })
})
