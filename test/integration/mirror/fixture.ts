import { send, type Row } from './row.ts'

const time = 1_700_000_000_000
const blog = '/buckets/blog'
export const articles = `${blog}/collections/articles`

/** The collection whose records can be answered: it lies under the service's `resources`. */
export const steps = '/buckets/stepfunction/collections/steps'

const put = (path: string, number: number, data: object, permissions: object = {}): object => ({
  method: 'PUT',
  path,
  body: { data: { ...data, last_modified: time + number }, permissions }
})

// Numbers keep their text in Kinto, so they are written as text here.
const numbers =
  `{"method":"PUT","path":"${articles}/records/numbers","body":{"data":{` +
  `"last_modified":${time + 20},"big":9007199254740993,"one":1.0,"minus":-0.0,"huge":1e300}}}`

const schema = { type: 'object', properties: { title: { type: 'string' } }, required: ['title'] }

const step = {
  taskToken: 'T'.repeat(600),
  activityArn: 'arn:aws:states:us-west-2:123456789012:activity:A',
  subject: 'é'
}

const objects = [
  put(blog, 1, { title: 'Blög' }, { read: ['system.Authenticated'] }),
  put(`${blog}/groups/editors`, 2, { members: ['basicauth:none', 'account:alice'] }),
  put(`${blog}/collections/drafts`, 3, { schema, sort: 'title' }),
  put(
    articles,
    4,
    { title: 'Articles' },
    { read: ['system.Everyone'], 'record:create': ['system.Authenticated'] }
  ),
  ...['first', 'second', 'third', 'fourth'].map((id, index) =>
    put(`${articles}/records/${id}`, 10 + index, {
      title: `${id} é 日本 \u{1F600} "+%"`,
      size: index,
      tags: ['a', id],
      nested: { deep: { x: index } },
      ...(index > 2 ? { extra: null } : {})
    })
  ),
  put(
    `${articles}/records/shared`,
    16,
    { title: 'shared' },
    { write: ['system.Authenticated'], read: ['system.Everyone'] }
  ),
  put(`${articles}/records/gone`, 17, {}),
  { method: 'DELETE', path: `${articles}/records/gone?last_modified=${time + 30}` },
  put('/buckets/stepfunction', 5, {}, { read: ['system.Authenticated'] }),
  put(steps, 6, {}),
  ...['waits', 'done'].map((id, index) =>
    put(
      `${steps}/records/${id}`,
      40 + index,
      { ...step, status: index > 0 ? 'SUCCEED' : 'UNANSWERED' },
      { write: ['system.Authenticated'] }
    )
  )
]

/** The records' versions. */
export const version = {
  blog: `"${time + 1}"`,
  articles: `"${time + 4}"`,
  first: `"${time + 10}"`,
  list: `"${time + 30}"`
}

/** Requests that always bring a Kinto to the same state. Only its history shows its clock. */
export const fixture: readonly Row[] = [
  { method: 'POST', target: '/v1/__flush__' },
  send('POST', '/v1/batch', `{"requests":${JSON.stringify(objects).slice(0, -1)},${numbers}]}`)
]

/**
 * Asks for all that a Kinto holds, tombstones included. The history shows collections, groups and
 * permissions.
 */
export const everything: Row = send('POST', '/v1/batch', {
  requests: [
    '/buckets',
    `${articles}/records?_since=0`,
    `${steps}/records?_since=0`,
    `${blog}/history`,
    '/buckets/stepfunction/history'
  ].map(path => ({ path }))
})
