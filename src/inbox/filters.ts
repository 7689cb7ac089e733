import type { InboxQuery } from './query.ts'

const undecided = 'exclude_status=SUCCEED,FAIL'

// To Kinto a missing field is greater than all else, and a text less than a number. `has_` would
// not do: on its memory back end it lets through what the caller may not read
// (`kinto/core/storage/memory.py`, apply_filters).
const notOver = 'gt_over.at=0'
const maybeOver = 'max_over.at=0'
const noReviewer = 'gt_reviewer=0'

const newestFirst = '_sort=-last_modified'

// What Kinto's servers take of a URL leaves room for much more.
const longestNames = 32_768

/** A query of a collection's list, and whether there may be more entries if it has more records. */
export interface Filter {
  filter: string
  counts: boolean
}

/**
 * Which records Kinto is asked for: one query after the other, until there are enough. A record
 * that waits may have an `over` of an earlier token. So those with one are read too, newest first.
 */
export function filtersOf(
  { list, isMine }: InboxQuery,
  principals: readonly string[]
): readonly Filter[] {
  const maybeOverQuery = `${undecided}&${maybeOver}&${newestFirst}`
  const filters = {
    waiting: [
      { filter: `${undecided}&${notOver}&_sort=expiresAt,last_modified`, counts: true },
      { filter: maybeOverQuery, counts: false }
    ],
    decided: [{ filter: `in_status=SUCCEED,FAIL&${newestFirst}`, counts: true }],
    over: [{ filter: maybeOverQuery, counts: true }]
  }[list]
  const reviewers = isMine ? reviewersOf(principals) : ['']
  return filters.flatMap(({ filter, counts }) =>
    reviewers.map(reviewer => ({ filter: `${filter}${reviewer}`, counts }))
  )
}

/** Kinto splits the names at each comma, and reads each as JSON if it is some. */
function reviewersOf(principals: readonly string[]): readonly string[] {
  const names = principals.join()
  const isListable =
    names.length <= longestNames && !principals.some(name => /,|^["\d[{-]/.test(name))
  // Else the service looks at them itself.
  return isListable
    ? [`&in_reviewer=${encodeURIComponent(`${names},null,""`)}`, `&${noReviewer}`]
    : ['']
}
