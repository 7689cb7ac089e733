import * as fc from 'fast-check'
import t from 'tap'
import { Gathered } from '../../../src/gateway/http/gathered.ts'

t.test('all bytes in their order, whatever pieces they come in', async t => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 3_000 }), { maxLength: 200 })
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 3 }), times => {
      const gathered = new Gathered()
      for (const pieces of times) {
        for (const piece of pieces) gathered.add(piece)
        const all = Buffer.concat(pieces)
        t.equal(gathered.bytes, all.length)
        t.ok(gathered.take().equals(all))
        t.equal(gathered.bytes, 0)
      }
    }),
    { numRuns: 50 }
  )
})

t.test('a piece is copied: what it was cut from can go', async t => {
  const packet = Buffer.from('packet')
  const gathered = new Gathered()
  gathered.add(packet.subarray(1, 3))
  packet.fill(0)
  t.equal(gathered.take().toString(), 'ac')
})
