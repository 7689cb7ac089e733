import t from 'tap'
import { storableNumber } from '../../src/kinto/numbers.ts'

t.test('what comes back is as it was sent, or is rounded before it is sent', async t => {
  const kept = [
    '0',
    '-0',
    '0.0',
    '12.0',
    '1e3',
    '9007199254740993',
    '18446744073709551615',
    '-9223372036854775808',
    '0.1',
    '1.50e300',
    '0.123456789012345',
    '1e20'
  ]
  for (const literal of kept) t.equal(storableNumber(literal), literal)
  const rows: [literal: string, stored: string][] = [
    ['0.30000000000000004', '0.3e0'],
    ['-3.14159265358979323846', '-0.314159265358979e1'],
    ['18446744073709551616', '0.184467440737096e20'],
    ['0.9999999999999999', '0.1e1'],
    ['123456789012345678901234567890', '0.123456789012346e30']
  ]
  for (const [literal, stored] of rows) {
    t.equal(storableNumber(literal), stored)
    t.equal(storableNumber(stored), stored)
  }
})
