import type { InboxQuery } from './query.ts'

/**
 * A list that Kinto is asked for. One with more records than are read is asked for in its `parts`,
 * which have all of its entries together.
 */
export interface List {
  /** Of Kinto's URL. */
  query: string
  parts: readonly List[]
}

/** What a part adds to the filters of its list. */
interface Part {
  filter: string
  sort?: string
  parts?: readonly Part[]
}

// Anybody can write anything in a field. So lists are sorted by `last_modified`, which Kinto keeps
// itself, or have nothing but texts in the field that they are sorted by: Kinto refuses its own
// tokens of pages with lists or objects in them, and its memory back end cannot sort these.
//
// To Kinto null is less than a text, a text less than a number, and a missing field greater than
// all else. To PostgreSQL the empty list is less than null. `has_` would not do: on its memory back
// end it lets through what the caller may not read (`kinto/core/storage/memory.py`, apply_filters).
const oldestFirst = 'last_modified'
const newestFirst = '-last_modified'

const undecided = 'exclude_status=SUCCEED,FAIL'
const decided = 'in_status=SUCCEED,FAIL'
const lessThanNumbers = '-1e300'

const asking = [textIn('taskToken'), textIn('activityArn')]
const notOver = 'gt_over.at=0'
const maybeOver = 'max_over.at=0'

// Of what waits, the texts that begin as a time does come first. In every collation digits stand
// before letters.
const byTime: readonly Part[] = [
  { filter: 'min_expiresAt=%220%22&lt_expiresAt=%22A%22', sort: 'expiresAt,last_modified' },
  { filter: 'min_expiresAt=%22A%22', sort: oldestFirst },
  { filter: 'lt_expiresAt=%220%22', sort: oldestFirst }
]

// A record that waits may have an `over` of an earlier token.
const waiting: readonly Part[] = [
  ...asking.map(filter => ({ filter: `${filter}&${notOver}`, parts: byTime })),
  ...asking.map(filter => ({ filter: `${filter}&${maybeOver}`, sort: newestFirst }))
]

const over: readonly Part[] = asking.map(filter => ({ filter }))

const lists: Record<InboxQuery['list'], Part> = {
  waiting: { filter: undecided, parts: waiting },
  decided: { filter: decided, sort: newestFirst },
  over: { filter: `${undecided}&${maybeOver}`, sort: newestFirst, parts: over }
}

/** The list of Kinto that has all entries of an inbox. To read it is one request as a rule. */
export function listFor({ list, isMine }: InboxQuery, principals: readonly string[]): List {
  const { filter, sort = oldestFirst, parts = [] } = lists[list]
  const reviewers = isMine ? reviewersOf(principals) : []
  const split =
    reviewers.length === 0 ? parts : reviewers.map(reviewer => ({ filter: reviewer, parts }))
  return listOf({ filter, parts: split }, sort)
}

function listOf({ filter, parts = [] }: Part, sort: string): List {
  return {
    query: `${filter}&_sort=${sort}`,
    parts: parts.map(part =>
      listOf({ ...part, filter: `${filter}&${part.filter}` }, part.sort ?? sort)
    )
  }
}

function textIn(field: string): string {
  return `gt_${field}=%22%22&max_${field}=${lessThanNumbers}`
}

// Some servers of Kinto take no more than 2 kB of a URL. Half of it is left for the rest.
const longestNames = 800
// Each costs a request, and more where it is long.
const mostFilters = 10

const noReviewer = [
  'in_reviewer=null,%22%22',
  `min_reviewer=${lessThanNumbers}`,
  'lt_reviewer=null'
]

/** Kinto splits the names at each comma, and reads each as JSON if it is some. */
function reviewersOf(principals: readonly string[]): readonly string[] {
  const filters: string[] = []
  for (const name of principals.map(name => encodeURIComponent(name))) {
    const last = filters.at(-1)
    if (last === undefined || last.length + name.length > longestNames)
      filters.push(`in_reviewer=${name}`)
    else filters[filters.length - 1] = `${last},${name}`
  }
  const isListable =
    filters.length <= mostFilters &&
    filters.every(names => names.length <= longestNames) &&
    !principals.some(name => /,|^["\d[{-]/.test(name))
  // Else the service looks at them itself.
  return isListable ? [...filters, ...noReviewer] : []
}
