import t from 'tap'
import { Readings } from '../../src/inbox/readings.ts'

/** Readings that a test begins and ends. */
class Bench {
  readonly #readings = new Readings<string>(4)
  readonly begun: string[] = []
  readonly #ends = new Map<string, () => void>()

  async read(caller: string, name: string, key?: string): Promise<string> {
    return await this.#readings.read({
      caller,
      key,
      read: async () => {
        this.begun.push(name)
        await new Promise<void>(resolve => this.#ends.set(name, resolve))
        if (name.startsWith('fails')) throw new Error(name)
        return name
      }
    })
  }

  end(name: string): void {
    this.#ends.get(name)?.()
  }
}

t.test('so many at one time, by turns, and no caller has all places', async t => {
  const bench = new Bench()
  const all = ['a1', 'a2', 'a3', 'a4', 'a5', 'b1', 'b2', 'c1'].map(name =>
    bench.read(name.slice(0, 1), name)
  )
  await Promise.resolve()
  t.strictSame(bench.begun, ['a1', 'a2', 'a3', 'b1'])
  for (const [name, next] of [
    ['a1', 'a4'],
    ['a2', 'b2'],
    ['b1', 'c1'],
    ['a3', 'a5']
  ] as const) {
    bench.end(name)
    await all[['a1', 'a2', 'a3', 'a4', 'a5', 'b1'].indexOf(name)]
    await Promise.resolve()
    t.equal(bench.begun.at(-1), next)
  }
  for (const name of ['a4', 'a5', 'b2', 'c1']) bench.end(name)
  t.strictSame(await Promise.all(all), ['a1', 'a2', 'a3', 'a4', 'a5', 'b1', 'b2', 'c1'])
})

t.test('those that wait for the same are one, and one that has begun is not shared', async t => {
  const bench = new Bench()
  const busy = ['x1', 'x2', 'x3'].map(name => bench.read('x', name))
  const first = bench.read('a', 'first', 'key')
  await Promise.resolve()
  t.strictSame(bench.begun, ['x1', 'x2', 'x3', 'first'])
  const second = bench.read('a', 'second', 'key')
  const third = bench.read('a', 'third', 'key')
  const other = bench.read('a', 'other', 'other key')
  bench.end('first')
  t.equal(await first, 'first')
  bench.end('x1')
  await busy[0]
  await Promise.resolve()
  t.strictSame(bench.begun.slice(4), ['second', 'other'])
  for (const name of ['x2', 'x3', 'second', 'other']) bench.end(name)
  t.strictSame(await Promise.all([second, third, other]), ['second', 'second', 'other'])
  await Promise.all(busy)
})

t.test('one that fails gives its place back', async t => {
  const bench = new Bench()
  const failing = ['fails1', 'fails2', 'fails3'].map(name => bench.read('a', name, name))
  const rejected = Promise.allSettled(failing)
  const last = bench.read('a', 'last')
  await Promise.resolve()
  for (const name of ['fails1', 'fails2', 'fails3']) bench.end(name)
  t.match(
    await rejected,
    Array.from({ length: 3 }, () => ({ status: 'rejected' }))
  )
  bench.end('last')
  t.equal(await last, 'last')
})
