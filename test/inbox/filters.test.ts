import t from 'tap'
import { filtersOf } from '../../src/inbox/filters.ts'

function reviewers(...principals: string[]): string[] {
  return filtersOf({ list: 'decided', isMine: true }, principals).map(({ filter }) =>
    decodeURIComponent(filter.replace(/^.*_sort=-last_modified/, ''))
  )
}

t.test('Kinto filters by the reviewer where it can be told the names', async t => {
  t.strictSame(reviewers('account:alice', '/buckets/b/groups/g'), [
    '&in_reviewer=account:alice,/buckets/b/groups/g,null,""',
    '&gt_reviewer=0'
  ])
  for (const name of ['a:b,c', '7', '"x"', '{}', '[1]', '-1', 'x'.repeat(40_000)])
    t.strictSame(reviewers('account:alice', name), [''], name.slice(0, 10))
})
