import t, { type Test } from 'tap'
import { needsParts, realKinto } from '../helpers/real.ts'
import { call, collection, startService, type Called } from '../helpers/service.ts'
import { startStepFunctions } from '../helpers/step-functions.ts'

const step = { taskToken: 'T1', activityArn: 'arn:aws:states:us-west-2:123456789012:activity:A', status: 'UNANSWERED', subject: 's' }
const record = `${collection}/records/r1`
const guarded = ['stateMachineArn', 'activityArn', 'executionArn', 'taskToken', 'status', 'answeredBy', 'answeredAt']
const patchTypes = ['application/json', 'application/merge-patch+json', 'application/json-patch+json']

interface Stage {
  url: string
  kinto: string
  /** Through the service. */
  ask: (user: string | undefined, method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Called>
  /** The record as it is, and nothing else. */
  stored: (path?: string) => Promise<any>
  /** Puts the record there anew. */
  reset: (data?: object, path?: string) => Promise<void>
}

async function stage (t: Test, { env = {}, settings = {} }: { env?: Record<string, string>, settings?: Record<string, string> } = {}): Promise<Stage> {
  const [kinto, sfn] = await Promise.all([realKinto(t, { settings }), startStepFunctions(t)])
  const { url } = await startService(t, kinto, sfn, env)
  async function direct (method: string, path: string, body?: object): Promise<Called> {
    return await call(`${kinto.url}/v1${path}`, { method, user: 'workflow', ...body === undefined ? {} : { body } })
  }
  for (const user of ['workflow', 'alice', 'eve']) await call(`${kinto.url}/v1/accounts/${user}`, { method: 'PUT', body: { data: { password: 'secret' } } })
  await direct('PUT', '/buckets/stepfunction', {})
  await direct('PUT', collection, { permissions: { 'record:create': ['account:alice'] } })
  const permissions = { write: ['account:alice'], read: ['account:eve'] }
  return {
    url,
    kinto: kinto.url,
    ask: (user, method, path, body, headers = {}) => call(`${url}/v1${path}`, { method, ...user === undefined ? {} : { user }, ...body === undefined ? {} : { body }, headers }),
    stored: async (path = record) => (await direct('GET', path)).body.data,
    async reset (data = step, path = record) {
      await direct('DELETE', path)
      const put = await direct('PUT', path, { data, permissions })
      if (put.status > 201) throw new Error(put.text)
    }
  }
}

function changes (field: string): [title: string, method: string, body: unknown, headers: Record<string, string>][] {
  return [
    ['PUT', 'PUT', { data: { ...step, [field]: 'changed' } }, {}],
    ...patchTypes.map((type): [string, string, unknown, Record<string, string>] => [
      `PATCH, ${type}`, 'PATCH', type.includes('json-patch') ? [{ op: 'add', path: `/data/${field}`, value: 'changed' }] : { data: { [field]: 'changed' } }, { 'content-type': type }
    ])
  ]
}

t.test('reviewers change nothing that says which step a record is for, or what became of it', needsParts('the guard'), async t => {
  const { ask, stored, reset } = await stage(t)
  await reset()
  const before = await stored()
  for (const field of guarded) {
    for (const [title, method, body, headers] of changes(field)) {
      const refused = await ask('alice', method, record, body, { ...headers, origin: 'https://page.example' })
      t.match({ ...refused, headers: Object.fromEntries(refused.headers) }, {
        status: 403, body: { code: 403, errno: 121, error: 'Forbidden', message: new RegExp(`${field}.*POST`) }, headers: { 'access-control-allow-origin': '*', 'content-type': 'application/json' }
      }, `${title} of ${field}`)
      t.match(await ask('alice', 'POST', '/batch', { requests: [{ method, path: record, body: Array.isArray(body) ? {} : body }, { path: record }] }), { body: { responses: [Array.isArray(body) ? {} : { status: 403 }, { status: 200 }] } })
    }
  }
  t.match(await ask('alice', 'PUT', record, { data: { subject: 'x' } }), { status: 403, body: { message: /taskToken, status/ } }, 'what a PUT leaves out is taken away')
  t.match(await ask('alice', 'PATCH', record, [{ op: 'move', from: '/data/taskToken', path: '/data/x' }], { 'content-type': 'application/json-patch+json' }), { status: 403 })
  t.match(await ask('alice', 'DELETE', record), { status: 403, body: { message: /waits for an answer/ } })
  t.match(await ask('alice', 'DELETE', `${collection}/records`), { status: 403, body: { message: /in_status/ } })
  t.match(await ask('alice', 'DELETE', `${collection}/records?id=r1&_fields=id`), { status: 403 })
  t.match(await ask('alice', 'POST', '/batch', { defaults: { method: 'DELETE' }, requests: [{ path: record }, { path: `${collection}/records/` }, { path: `/v1${record}/?x` }] }), { body: { responses: [{ status: 403 }, { status: 403 }, { status: 403 }] } })
  const posted = await ask('alice', 'POST', `${collection}/records`, { data: { id: 'r1', status: 'SUCCEED' } })
  t.match(posted, { status: 200, body: { data: { status: 'UNANSWERED' } } }, 'a POST with its id shows it, and changes nothing')
  t.same(await stored(), before, 'nothing of this had an effect')
})

t.test('what bears on no step is free', needsParts('the guard'), async t => {
  const { ask, stored, reset } = await stage(t)
  await reset()
  t.match(await ask('alice', 'PATCH', record, { data: { subject: 'new', comment: 'c', last: 9 } }), { status: 200 })
  t.match(await ask('alice', 'PATCH', record, { data: { subject: null } }, { 'content-type': 'application/merge-patch+json' }), { status: 200 })
  t.match(await ask('alice', 'PATCH', record, [{ op: 'add', path: '/data/reviewer', value: 'x' }], { 'content-type': 'application/json-patch+json' }), { status: 200 })
  t.match(await ask('alice', 'PUT', record, { data: { ...step, subject: 'put', n: 1 } }), { status: 200, body: { data: { subject: 'put' } } })
  t.match(await ask('alice', 'PUT', record, { permissions: { write: ['account:alice', 'account:eve'] } }), { status: 200 }, 'a PUT without data keeps them')
  t.match(await ask('alice', 'PATCH', record, { data: { status: 'UNANSWERED', taskToken: 'T1' } }), { status: 200 }, 'as they are')
  t.match(await ask('alice', 'PUT', `${collection}/records/mine`, { data: { taskToken: 'T2', status: 'UNANSWERED' } }), { status: 201 }, "to create is Kinto's own right")
  t.match(await ask('alice', 'PATCH', `${collection}/records/none`, { data: { status: 'x' } }), { status: 403 }, "Kinto's own word on what does not exist")
  t.match(await ask('alice', 'POST', '/batch', { requests: [{ method: 'PUT', path: record, body: { data: { ...step, subject: 'batch' } } }, { method: 'PUT', path: `${collection}/records/mine2`, body: { data: step } }] }), { body: { responses: [{ status: 200 }, { status: 201 }] } })
  t.match(await stored(), { subject: 'batch' })
  await reset({ ...step, status: 'SUCCEED' }, `${collection}/records/done`)
  t.match(await ask('alice', 'DELETE', `${collection}/records?status=SUCCEED`), { status: 200, body: { data: [{ id: 'done', deleted: true }] } })
  await reset({ ...step, status: 'FAIL' }, `${collection}/records/done`)
  t.match(await ask('alice', 'POST', '/batch', { requests: [{ method: 'DELETE', path: `${collection}/records/?in_status=SUCCEED,FAIL`, headers: { 'if-match': '"1"' } }] }), { body: { responses: [{ status: 412 }] } })
  t.match(await ask('alice', 'POST', '/batch', { requests: [{ method: 'DELETE', path: `${collection}/records/?in_status=SUCCEED,FAIL` }] }), { body: { responses: [{ status: 200, body: { data: [{ id: 'done' }] } }] } })
  await reset({ ...step, status: 'FAIL' }, `${collection}/records/done`)
  t.match(await ask('alice', 'DELETE', `${collection}/records/done`), { status: 200 })
  await reset({ subject: 'no step' }, `${collection}/records/note`)
  t.match(await ask('alice', 'DELETE', `${collection}/records/note`), { status: 200 })
})

t.test('who may write the collection is not held back', needsParts('the guard'), async t => {
  const { ask, reset, stored } = await stage(t)
  await reset()
  for (const [title, method, body, headers] of changes('status')) t.match(await ask('workflow', method, record, body, headers), { status: 200 }, title)
  const batch = { requests: [{ method: 'PATCH', path: record, body: { data: { taskToken: 'T9' } } }, { method: 'DELETE', path: record }] }
  t.match(await ask('workflow', 'POST', '/batch', batch), { body: { responses: [{ status: 200 }, { status: 200 }] } })
  t.equal(await stored(), undefined)
})

t.test('who may not write the record gets the word of Kinto', needsParts('the guard'), async t => {
  const { ask, reset, stored, kinto } = await stage(t)
  await reset()
  for (const user of ['eve', undefined]) {
    for (const [method, body] of [['PUT', { data: {} }], ['PATCH', { data: { status: 'x' } }], ['DELETE', undefined]] as const) {
      const [through, direct] = await Promise.all([ask(user, method, record, body), call(`${kinto}/v1${record}`, { method, ...user === undefined ? {} : { user }, ...body === undefined ? {} : { body } })])
      t.same([through.status, through.text], [direct.status, direct.text], `${method} by ${user}`)
    }
  }
  t.match(await ask(undefined, 'DELETE', `${collection}/records`), { status: 401 })
  t.match(await stored(), { status: 'UNANSWERED' })
})

t.test('who may only create records learns nothing of those that exist', needsParts('the guard'), async t => {
  const { ask, kinto } = await stage(t)
  await call(`${kinto}/v1${record}`, { method: 'PUT', user: 'workflow', body: { data: step } })
  const put = { method: 'PUT', user: 'alice', body: { data: { status: 'SUCCEED' } } }
  const [through, direct] = await Promise.all([ask('alice', 'PUT', record, put.body), call(`${kinto}/v1${record}`, put)])
  t.same([through.status, through.text], [direct.status, direct.text])
  t.match(await ask('alice', 'POST', '/batch', { requests: [{ method: 'PUT', path: record, body: put.body }] }), { body: { responses: [{ status: 403, body: direct.body }] } })
  t.match(await ask('alice', 'PUT', record, put.body, { 'if-none-match': '*' }), { status: 412 }, 'whom Kinto tells by itself')
  t.match(await ask('alice', 'PUT', record, put.body, { 'if-match': '"1"' }), { status: 403 })
})

t.test('what cannot be judged goes on for who may write the collection', needsParts('the guard'), async t => {
  const { ask, reset } = await stage(t)
  await reset()
  const latin1 = { 'content-type': 'application/json; charset=iso-8859-1' }
  t.match(await ask('workflow', 'PATCH', record, '{"data": {"subject": "\u00e9"}}', latin1), { status: 200 })
  t.match(await ask('alice', 'PATCH', record, '{"data": {"subject": "\u00e9"}}', latin1), { status: 415 })
})

t.test('a write that was looked at is bound to what was seen', needsParts('the guard'), async t => {
  const { ask, reset, stored } = await stage(t)
  await reset()
  const { last_modified: version } = await stored()
  t.match(await ask('alice', 'PUT', record, { data: { ...step, n: 1 } }, { 'if-match': '"1"' }), { status: 412, body: { errno: 114, details: { existing: { id: 'r1' } } } })
  t.match(await ask('alice', 'PUT', record, { data: { ...step, n: 1 } }, { 'if-match': 'x' }), { status: 400 })
  t.match(await ask('alice', 'PUT', record, { data: { ...step, n: 1 } }, { 'if-none-match': '*' }), { status: 412 })
  t.match(await ask('alice', 'PUT', record, { data: { ...step, n: 1 } }, { 'if-match': `"${version}"` }), { status: 200 })
})

t.test('the path counts as Kinto decodes it, and what cannot be read is refused', needsParts('the guard'), async t => {
  const { ask, reset, stored } = await stage(t)
  await reset()
  const before = await stored()
  const change = { data: { status: 'SUCCEED' } }
  for (const path of [record.replace('r1', 'r%31'), record.replace('/records/', '%2Frecords%2F'), `${record}%0A`, record.replace('stepfunction', '%73tepfunction'), `${record}?x=1`, `${record}#x`]) {
    t.match(await ask('alice', 'PATCH', path, change), { status: 403 }, path)
  }
  t.match(await ask('alice', 'PATCH', `${record}/`, change), { status: 307 })
  t.match(await ask('alice', 'PATCH', record, '{"data": {"status": "SUCCEED"}}', { 'content-type': 'application/json; charset=utf-7' }), { status: 415 })
  t.match(await ask('alice', 'PATCH', record, Buffer.from('{"data": {"status": "SUCCEED"}}', 'utf16le'), { 'content-type': 'application/json; charset=utf-16' }), { status: 415 })
  t.match(await ask('alice', 'PATCH', record, '{"data": {"status": "SUCCEED"}}\0}'), { status: 403 })
  t.match(await ask('alice', 'PATCH', record, '{"data": {"status": '), { status: 400, body: { errno: 107 } })
  t.match(await ask('alice', 'PATCH', record, '{"data": {"subject": "", "status": "SUCCEED", "status": "UNANSWERED"}}'), { status: 200 }, 'the last of two counts')
  const tricks = [
    '{"requests":[{"path":"/","method":0},{"method":"PATCH","path":"RECORD","body":{"data":{"status":"SUCCEED"}}}]}',
    '{"requests":[{"method":"PATCH","path":"RECORD?\\u00e9","body":{"data":{"status":"SUCCEED"}}}]}',
    '{"requests":[{"method":"PATCH","path":"RECORD","body":{"data":{"status":"SUCCEED"}},"x":1}]}',
    '{"defaults":{"method":"PATCH","path":"RECORD"},"requests":[{"body":{"data":{"status":"SUCCEED"}}},1]}',
    '{"requests":[{"method":"PATCH","path":"RECORD","body":{"data":{"status":"SUCCEED"}}}]}\0',
    '{"requests":[{"method":"PATCH","path":"RECORD","body":{"data":{"status":"SUCCEED"}},"headers":{"content-type":"application/merge-patch+json"}}]}',
    '{"requests":[],"requests":[{"method":"PATCH","path":"/x","path":"RECORD","body":{"data":{"status":"SUCCEED"}}}]}'
  ]
  for (const trick of tricks) await ask('alice', 'POST', '/batch', trick.replace('RECORD', record))
  await ask('alice', 'POST', '/batch', Buffer.from(tricks[0]?.replace('RECORD', record) ?? '', 'utf16le'), { 'content-type': 'application/json; charset=utf-16le' })
  t.same({ ...await stored(), last_modified: 0, subject: 's' }, { ...before, last_modified: 0 })
})

t.test('a record in a personal bucket that is shared', needsParts('the guard'), async t => {
  const { ask, kinto } = await stage(t, { env: { RESOURCES: '/buckets/default' } })
  const path = '/buckets/default/collections/steps/records/r1'
  t.match(await ask('workflow', 'PUT', path, { data: step, permissions: { write: ['account:alice'] } }), { status: 201 })
  const { body } = await call(`${kinto}/v1/`, { user: 'workflow' })
  t.match(await ask('alice', 'PATCH', path.replace('default', body.user.bucket), { data: { status: 'SUCCEED' } }), { status: 403, body: { message: /status/ } })
  t.match(await ask('workflow', 'PATCH', path, { data: { status: 'SUCCEED' } }), { status: 200 })
})

t.test('elsewhere, and with guard = off, Kinto alone decides', needsParts('the guard'), async t => {
  const { ask, reset } = await stage(t, { env: { GUARD: 'off' } })
  await reset()
  t.match(await ask('alice', 'PATCH', record, { data: { status: 'SUCCEED' } }), { status: 200 })
  t.match(await ask('alice', 'POST', '/batch', { requests: [{ method: 'DELETE', path: record }] }), { body: { responses: [{ status: 200 }] } })
})

t.test('a read-only Kinto', needsParts('the guard'), async t => {
  const { ask } = await stage(t, { settings: { 'kinto.readonly': 'true' } })
  t.match(await ask('alice', 'PUT', record, { data: {} }), { status: 405 })
})

const patchStatus = { method: 'PATCH', path: record, body: { data: { status: 'SUCCEED' } } }
const basic = (user: string): string => `Basic ${Buffer.from(`${user}:secret`).toString('base64')}`

/** Batches by which a reviewer would change the step of the record, were they read otherwise than Kinto reads them. */
const batchTricks: [title: string, body: string | Buffer, headers?: Record<string, string>][] = [
  ['a number that only Kinto can read', JSON.stringify({ requests: [patchStatus] }).replace('"SUCCEED"', '"SUCCEED","n":1.797693134862315808e308')],
  ['the same in a deletion', `{"requests":[{"method":"DELETE","path":"${record}","body":{"n":1.797693134862315808e308}}]}`],
  ...['utf-8 sig', 'utf-8\tsig', 'utf-8"sig', '"utf-8" -sig', 'utf-8; charset=utf-8-sig'].map((charset): [string, Buffer, Record<string, string>] => [
    `a byte order mark, and the charset ${charset}`, Buffer.from(`\ufeff${JSON.stringify({ requests: [patchStatus] })}`), { 'content-type': `application/json; charset=${charset}` }
  ]),
  ...['content-type', 'content_type', 'Content_Type'].map((name): [string, string] => [
    `a charset in a ${name} of the request`, JSON.stringify({ requests: [{ ...patchStatus, headers: { [name]: 'application/json; charset=utf-7' }, body: { data: { '+AHM-tatus': 'SUCCEED' } } }] })
  ]),
  ['another spelling of the condition, and two of who asks', JSON.stringify({ requests: [{ ...patchStatus, headers: { Authorization: '', AUTHORIZATION: basic('alice'), If_None_Match: '"1"' } }] }), { 'if-none-match': '"1"' }],
  ['credentials that belong to the connection', JSON.stringify({ requests: [{ method: 'DELETE', path: record, headers: { Connection: 'authorization', Authorization: basic('alice'), If_None_Match: '"1"' } }] }), { 'if-none-match': '"1"', authorization: '' }],
  ['a number sign in a query', JSON.stringify({ requests: [{ method: 'DELETE', path: `${collection}/records?subject=s%23` }, { method: 'DELETE', path: `${collection}/records?subject=s#` }] })],
  ['a value that is nested too deeply', `{"requests":[{"method":"PATCH","path":"${record}","body":{"data":{"status":"SUCCEED","n":${'['.repeat(3_000)}${']'.repeat(3_000)}}}}]}`]
]

t.test('a batch that could be read in two ways changes no step', needsParts('the guard'), async t => {
  const { ask, stored, reset } = await stage(t)
  for (const [title, body, headers] of batchTricks) {
    await reset({ ...step, subject: 's#' })
    const { status } = await ask('alice', 'POST', '/batch', body, headers)
    t.ok(status < 500, `${title}: ${status}`)
    t.match(await stored(), { taskToken: 'T1', status: 'UNANSWERED' }, title)
  }
})

t.test('whatever a deletion of many would meet counts, on whichever page', needsParts('the guard'), async t => {
  const { ask, stored, reset, kinto } = await stage(t)
  await reset()
  await call(`${kinto}/v1${collection}`, { method: 'PATCH', user: 'workflow', body: { permissions: { read: ['account:alice'] } } })
  await call(`${kinto}/v1${collection}/records/o0`, { method: 'PUT', user: 'workflow', body: { data: { subject: 'a', status: 'SUCCEED' } } })
  for (const query of ['?_limit=1&_sort=subject', '?%5flimit=1&_sort=subject', '?_fields=subject&_limit=1&_sort=subject', '?_since=1&_limit=1&_sort=subject', '?exclude_status=x&_limit=1&_sort=subject']) {
    t.match(await ask('alice', 'DELETE', `${collection}/records${query}`), { status: 403 }, query)
    t.match(await ask('alice', 'POST', '/batch', { requests: [{ method: 'DELETE', path: `${collection}/records${query}` }] }), { body: { responses: [{ status: 403 }] } }, query)
    t.match(await stored(), { status: 'UNANSWERED' })
  }
  for (const subject of ['a b', 'é', 'ā', 'a%20b']) t.match(await ask('alice', 'POST', '/batch', { requests: [{ method: 'DELETE', path: `${collection}/records?subject=${subject}` }] }), { body: { responses: [{ status: 200 }] } }, subject)
})

t.test('headers that a server may take for others of the write', needsParts('the guard'), async t => {
  const { ask, stored, reset } = await stage(t)
  await reset()
  for (const name of ['If_Match', 'content_type', 'if_none_match', 'Content_Encoding']) {
    t.match(await ask('alice', 'PUT', record, { data: { ...step, n: 1 } }, { [name]: 'x' }), { status: 400, body: { message: /underscore/ } }, name)
  }
  t.match(await stored(), { subject: 's' })
})

t.test('conditions that are none to Kinto are none to the service', needsParts('the guard'), async t => {
  const { ask, reset } = await stage(t)
  await reset()
  for (const version of ['*', '"0"']) t.match(await ask('alice', 'PUT', record, { data: { ...step, n: version } }, { 'if-match': version }), { status: 200 }, version)
})
