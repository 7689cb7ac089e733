import t from 'tap'
import { headerValues, selectHeaders } from '../../src/kinto/headers.ts'

t.test('names are compared in lower case, spelling and order stay', async t => {
  const headers = ['X-A', '1', 'x-b', '2', 'X-a', '3']
  t.same(
    selectHeaders(headers, name => name === 'x-a'),
    ['X-A', '1', 'X-a', '3']
  )
  t.same(headerValues(headers, 'x-a'), ['1', '3'])
  t.same(headerValues(headers, 'x-c'), [])
  t.same(
    selectHeaders(['odd'], () => true),
    []
  )
})
