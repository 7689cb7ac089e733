import t from 'tap'
import { commonHeaders, openHeaders } from '../../src/kinto/cors.ts'

t.test('what Kinto puts on every answer is found among its headers', async t => {
  const common = [
    'Backoff',
    '30',
    'Access-Control-Allow-Origin',
    '*',
    'Alert',
    '{}',
    'X-Content-Type-Options',
    'nosniff',
    'Content-Security-Policy',
    'x'
  ]
  t.same(
    commonHeaders(['ETag', '"1"', ...common, 'Content-Length', '5', 'Retry-After', '3']),
    common
  )
})

t.test('without Kinto, everybody may read why', async t => {
  t.same(openHeaders.slice(0, 2), ['Access-Control-Allow-Origin', '*'])
})
