import t from 'tap'
import { changedFields, isPending, mayTouch } from '../../src/answer/guarded.ts'
import { isJsonObject, parseJson, type JsonObject } from '../../src/kinto/json.ts'

const all = ['stateMachineArn', 'activityArn', 'executionArn', 'taskToken', 'status', 'answeredBy', 'answeredAt']
const existing = read({ taskToken: 'T', status: 'UNANSWERED', subject: 's', id: 'r', last_modified: 1 })

function read (value: unknown): JsonObject {
  const parsed = parseJson(JSON.stringify(value))
  if (!isJsonObject(parsed)) throw new TypeError('not an object')
  return parsed
}

function changed (method: string, body: unknown, merge = false): string[] | 'untouched' {
  const write = { method, merge, body: parseJson(JSON.stringify(body)) }
  const fields = changedFields(write, existing)
  if (mayTouch(write)) return fields
  t.same(fields, [], 'what is not looked at changes nothing')
  return 'untouched'
}

t.test('PUT replaces', async t => {
  t.same(changed('PUT', { data: { taskToken: 'T', status: 'UNANSWERED', subject: 'other' } }), [])
  t.same(changed('PUT', { data: {} }), ['taskToken', 'status'])
  t.same(changed('PUT', { data: { taskToken: 'T', status: 'SUCCEED', answeredBy: 'me' } }), ['status', 'answeredBy'])
  t.same(changed('PUT', { data: { taskToken: ['T'], status: 'UNANSWERED', executionArn: null } }), ['executionArn', 'taskToken'])
  for (const body of [{}, { permissions: { write: [] } }, { data: 1 }, { data: [] }, 'x', null, 1]) t.equal(changed('PUT', body), 'untouched', JSON.stringify(body))
})

t.test('PATCH merges', async t => {
  for (const name of all) t.same(changed('PATCH', { data: { [name]: 'x', subject: 'y' } }), [name], name)
  t.same(changed('PATCH', { data: { status: 'UNANSWERED', taskToken: 'T' } }), [], 'as they are')
  t.same(changed('PATCH', { data: { status: null } }), ['status'])
  t.same(changed('PATCH', { data: { answeredBy: null } }), ['answeredBy'], 'it would be stored')
  t.same(changed('PATCH', { data: { answeredBy: null } }, true), [], 'there is nothing that a merge patch could take away')
  t.same(changed('PATCH', { data: { taskToken: null } }, true), ['taskToken'])
  t.same(changed('PATCH', { data: { status: { a: 1 } } }, true), ['status'])
  for (const body of [{ data: { subject: 'x', Status: 1, 'status ': 1, nested: { status: 'SUCCEED' } } }, { permissions: {} }, undefined]) t.equal(changed('PATCH', body ?? null), 'untouched')
})

t.test('a JSON patch operates', async t => {
  const rows: [operations: unknown[], expected: string[] | 'untouched'][] = [
    [[{ op: 'replace', path: '/data/status', value: 'SUCCEED' }], ['status']],
    [[{ op: 'add', path: '/data/status', value: 'UNANSWERED' }], []],
    [[{ op: 'replace', path: '/data/status', value: 'UNANSWERED' }, { op: 'remove', path: '/data/taskToken' }], ['taskToken']],
    [[{ op: 'remove', path: '/data/status' }], ['status']],
    [[{ op: 'move', from: '/data/taskToken', path: '/data/x' }], ['taskToken']],
    [[{ op: 'move', from: '/data/x', path: '/data/taskToken' }], ['taskToken']],
    [[{ op: 'copy', from: '/data/subject', path: '/data/status' }], ['status']],
    [[{ op: 'add', path: '/data/status/deeper', value: 'UNANSWERED' }], ['status']],
    [[{ op: 'add', path: '/data', value: {} }], all],
    [[{ op: 'replace', path: '', value: {} }], all],
    [[{ path: '/data/status', value: 1 }], ['status']],
    [[{ op: 'copy', from: '/data/taskToken', path: '/data/x' }], 'untouched'],
    [[{ op: 'test', path: '/data/status', value: 'x' }], 'untouched'],
    [[{ op: 'add', path: '/data/subject', value: 'x' }, { op: 'add', path: '/permissions/read/status' }, { op: 'add', path: '/data/~0status' }, { op: 'add', path: '/data/sta~1tus' }], 'untouched'],
    [[1, { op: 'add' }, { op: 'add', path: 1 }], 'untouched']
  ]
  for (const [operations, expected] of rows) t.same(changed('PATCH', operations), expected, JSON.stringify(operations))
  t.same(changedFields({ method: 'PATCH', merge: false, body: [1] }, existing), [])
})

t.test('what waits', async t => {
  for (const record of [{ taskToken: 'T' }, { activityArn: 'a', status: 'UNANSWERED' }, { taskToken: 'T', status: 'succeed' }]) t.ok(isPending(record))
  for (const record of [{}, { status: 'UNANSWERED' }, { taskToken: 'T', status: 'FAIL' }, { activityArn: '', taskToken: null }]) t.notOk(isPending(record))
})
