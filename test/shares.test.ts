import t from 'tap'
import { Shares } from '../src/shares.ts'

t.test('nobody takes more than a share, and all together no more than there is', async t => {
  const shares = new Shares({ size: 10, share: 4 })
  t.ok(shares.take('a', 4))
  t.notOk(shares.take('a'), 'a has a share')
  t.ok(shares.take('b', 4))
  t.notOk(shares.take('c', 3), 'too little is left')
  t.ok(shares.take('c', 2))
  shares.giveBack('a', 3)
  t.ok(shares.take('a', 3), 'what was given back can be taken again')
  for (const [key, amount] of [
    ['a', 4],
    ['b', 4],
    ['c', 2]
  ] as const)
    shares.giveBack(key, amount)
  t.ok(shares.take('d', 4))
})

t.test('half of it is kept for callers whom Kinto has confirmed', async t => {
  const shares = new Shares({ size: 10, share: 4 })
  t.ok(shares.take('a', 4, false))
  t.notOk(shares.take('b', 2, false))
  t.ok(shares.take('b', 1, false))
  t.ok(shares.take('c', 4, true))
  shares.giveBack('a', 4, false)
  t.ok(shares.take('d', 4, false))
})
