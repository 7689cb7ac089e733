import t from 'tap'
import { listFor } from '../../src/inbox/filters.ts'

function reviewers(...principals: string[]): string[] {
  return listFor({ list: 'decided', isMine: true }, principals).parts.map(({ query }) =>
    decodeURIComponent(query.replace(/^in_status=SUCCEED,FAIL|&_sort=-last_modified$/g, ''))
  )
}

t.test('Kinto filters by the reviewer where it can be told the names', async t => {
  t.strictSame(reviewers('account:alice', '/buckets/b/groups/g'), [
    '&in_reviewer=account:alice,/buckets/b/groups/g',
    '&in_reviewer=null,""',
    '&min_reviewer=-1e300',
    '&lt_reviewer=null'
  ])
  for (const name of ['a:b,c', '7', '"x"', '{}', '[1]', '-1', 'x'.repeat(1_000)])
    t.strictSame(reviewers('account:alice', name), [], name.slice(0, 10))
  const groups = Array.from({ length: 50 }, (_none, index) => `/buckets/b/groups/group-${index}`)
  const several = reviewers(...groups).filter(filter => filter.includes('/groups/'))
  t.equal(several.length, 3)
  t.strictSame(
    several.flatMap(filter => filter.replace('&in_reviewer=', '').split(',')),
    groups
  )
  t.strictSame(reviewers(...Array.from({ length: 10 }, () => groups).flat()), [], 'too many')
})
