import t from 'tap'
import { KeyedQueue } from '../src/keyed-queue.ts'

t.test('one after the other for a key, side by side for two', async t => {
  const queue = new KeyedQueue()
  const events: string[] = []
  const gates = new Map(['a1', 'a2', 'b1'].map(name => [name, Promise.withResolvers<void>()]))
  const run = (key: string, name: string) =>
    queue.run(key, async () => {
      events.push(`${name} begins`)
      await gates.get(name)?.promise
      events.push(`${name} ends`)
      return name
    })
  const all = [run('a', 'a1'), run('a', 'a2'), run('b', 'b1')]
  gates.get('b1')?.resolve()
  t.equal(await all[2], 'b1')
  t.same(events, ['a1 begins', 'b1 begins', 'b1 ends'])
  gates.get('a2')?.resolve()
  gates.get('a1')?.resolve()
  t.same(await Promise.all(all), ['a1', 'a2', 'b1'])
  t.same(events.slice(3), ['a1 ends', 'a2 begins', 'a2 ends'])
})

t.test('a failure is for its own caller', async t => {
  const queue = new KeyedQueue()
  const failed = queue.run('a', async () => {
    throw new Error('no')
  })
  const next = queue.run('a', async () => 'yes')
  await t.rejects(failed, { message: 'no' })
  t.equal(await next, 'yes')
  t.equal(await queue.run('a', async () => 'later'), 'later')
})
