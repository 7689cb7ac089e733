import { invalid } from '../kinto/errors.ts'

/** Which records are wanted. */
export interface InboxQuery {
  list: 'waiting' | 'decided' | 'over'
  /** Only those that name the caller, one of their groups, or no reviewer at all. */
  isMine: boolean
}

const lists = new Map<string, InboxQuery['list']>([
  ['decided', 'decided'],
  ['over', 'over']
])

/**
 * Reads the query of the URL.
 * @throws Refusal 400 for all but `status=decided`, `status=over` and `reviewer=me`
 */
export function readQuery(text: string): InboxQuery {
  const query: InboxQuery = { list: 'waiting', isMine: false }
  const parameters = new URLSearchParams(text)
  for (const [name, value] of parameters) {
    if (parameters.getAll(name).length > 1)
      throw invalid('querystring', name, 'Should be there once')
    if (name === 'status') query.list = listOf(value)
    else if (name === 'reviewer' && value === 'me') query.isMine = true
    else if (name === 'reviewer') throw invalid('querystring', name, 'Can only be "me"')
    else throw invalid('querystring', name, 'Only status and reviewer are taken here')
  }
  return query
}

function listOf(status: string): InboxQuery['list'] {
  const list = lists.get(status)
  if (list === undefined) throw invalid('querystring', 'status', 'Can be "decided" or "over"')
  return list
}
