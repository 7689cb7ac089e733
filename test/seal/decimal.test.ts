import t from 'tap'
import { canonicalJson } from '../../src/seal/canonical.ts'
import { readDecimal } from '../../src/seal/decimal.ts'

t.test('a number by its decimal value', async t => {
  t.same(readDecimal('-012.50e3'), { negative: true, digits: '125', magnitude: 5 })
  t.same(readDecimal('-0.0e7'), { negative: false, digits: '', magnitude: 0 })
})

t.test('what is no number, or beyond all use', async t => {
  for (const literal of [
    'true',
    'null',
    '"1"',
    '',
    '1.',
    '.5',
    '1e',
    '+1',
    '1 ',
    '1e1000000001',
    '1e-1000000001'
  ])
    t.equal(readDecimal(literal), undefined, literal)
})

t.test('a raw literal that is no number is written as it is', async t => {
  for (const literal of ['true', 'null', '"a"'])
    t.equal(canonicalJson(JSON.rawJSON(literal)), literal)
})
