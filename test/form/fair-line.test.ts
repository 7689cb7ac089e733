import t from 'tap'
import { FairLine } from '../../src/form/fair-line.ts'

t.test('one task runs at a time, and callers take turns', async t => {
  const line = new FairLine()
  const begun: string[] = []
  let running = 0
  const task = (name: string) => async (): Promise<void> => {
    begun.push(name)
    running += 1
    t.equal(running, 1)
    await Promise.resolve()
    running -= 1
  }
  const run = (names: readonly string[]): Promise<unknown> =>
    Promise.all(names.map(name => line.run(name.charAt(0), task(name))))
  await run(['a1', 'a2', 'a3', 'b1', 'a4', 'c1', 'b2'])
  t.strictSame(begun, ['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4'])
  await run(['c2', 'b3'])
  t.strictSame(begun.slice(-2), ['c2', 'b3'])
})

t.test('a task that fails lets the next one run', async t => {
  const line = new FairLine()
  const failing = line.run('a', () => Promise.reject(new Error('failed')))
  const next = line.run('a', () => Promise.resolve('next'))
  await t.rejects(failing, { message: 'failed' })
  t.equal(await next, 'next')
})
