import { gzipSync } from 'node:zlib'
import { steps } from '../fixture.ts'
import { all, send, type Row } from '../row.ts'

const records = `/v1${steps}/records`
const waits = `${records}/waits`
const decided = { data: { status: 'SUCCEED', taskToken: 'other', answeredBy: 'account:bob' } }

const patches: readonly (readonly [type: string, body: unknown])[] = [
  ['application/json', decided],
  ['application/json; charset=latin1', Buffer.from('{"data":{"status":"caf\xe9"}}', 'latin1')],
  ['application/json; charset=utf-16', Buffer.from(JSON.stringify(decided), 'utf16le')],
  ['application/merge-patch+json', { data: { taskToken: null } }],
  ['application/json-patch+json', [{ op: 'move', from: '/data/taskToken', path: '/data/x' }]]
]

const writes: readonly Row[] = [
  send('PUT', waits, decided),
  send('PUT', waits, { permissions: { write: ['system.Everyone'] } }),
  send(
    'PUT',
    waits,
    '{"data":{"status":"SUCCEED","n":[1.0,9007199254740993,-0.0],"status":"FAIL"}}'
  ),
  send('PUT', waits, `${JSON.stringify(decided)}\0}`),
  send('PUT', waits, decided, 'If-Match: "1"'),
  send('PUT', waits, decided, 'If_Match: "1"', 'content_type: text/plain'),
  send('PUT', waits, gzipSync(JSON.stringify(decided)), 'Content-Encoding: gzip'),
  send('PUT', waits, { data: { status: 'x'.repeat(1_500_000) } }),
  ...patches.map(([type, body]): Row => ({
    ...send('PATCH', waits, body),
    headers: [`Content-Type: ${type}`]
  })),
  send('PATCH', waits, '{"data":'),
  send('PATCH', `${records}/none`, decided),
  send('PUT', `${records}/none`, decided),
  {
    method: 'PATCH',
    target: waits.replace('waits', '%77aits'),
    body: JSON.stringify(decided),
    headers: ['Content-Type: application/json']
  },
  { method: 'DELETE', target: waits },
  { method: 'DELETE', target: waits, headers: ['If-Match: "1"'] },
  { method: 'DELETE', target: records },
  { method: 'DELETE', target: `${records}?in_status=SUCCEED,FAIL` },
  { method: 'DELETE', target: `${records}?_limit=1&_sort=subject` }
]

const path = `${steps}/records/waits`
const patch = { method: 'PATCH', path, body: decided }

function batch(text: string | Buffer, type = 'application/json'): Row {
  return { method: 'POST', target: '/v1/batch', body: text, headers: [`Content-Type: ${type}`] }
}

// Batches without an answer: the service passes them on as they came, in any spelling.
const batches: readonly Row[] = [
  batch(JSON.stringify({ requests: [patch, { path }, { method: 'DELETE', path }] })),
  batch(
    JSON.stringify(
      { defaults: { method: 'DELETE', path }, requests: [{ path: `${steps}/records/` }, {}] },
      null,
      2
    )
  ),
  batch(
    JSON.stringify({
      requests: [
        {
          ...patch,
          headers: { content_type: 'text/plain', 'Content-Type': 'application/merge-patch+json' }
        }
      ]
    })
  ),
  batch(
    `{"requests":[{"method":"PUT","path":"${path}",` +
      '"body":{"data":{"n":[1.0,1e400,-0.0],"%":"\\u0041"}}}]}'
  ),
  batch(`${JSON.stringify({ requests: [patch] })}\0{`),
  batch(`\u{FEFF}${JSON.stringify({ requests: [patch] })}`),
  batch(
    `{"requests":[{"method":"PATCH","path":"${path}",` +
      `"body":{"data":{"n":${'['.repeat(600)}${']'.repeat(600)}}}}]}`
  ),
  batch(`{"requests":[{"method":"PATCH","path":"${path}","body":{"data":{"n":"\\ud800"}}}]}`),
  batch(
    Buffer.from(JSON.stringify({ requests: [patch] }), 'utf16le'),
    'application/json; charset=utf-16le'
  ),
  batch(gzipSync(JSON.stringify({ requests: [patch] }))),
  // Batches with answers that are left to Kinto: because of the type of the batch, or because Kinto
  // refuses the whole batch.
  batch(JSON.stringify({ requests: [patch, { path: `${path}/stepfunction` }] }), 'text/plain'),
  batch(
    JSON.stringify({ requests: [patch, { path: `${path}/stepfunction` }] }),
    'application/json; charset=latin1'
  ),
  batch(JSON.stringify({ requests: [patch, { path: `${path}/stepfunction`, unknown: 1 }] })),
  batch(
    JSON.stringify({
      requests: Array.from({ length: 26 }, () => ({ path: `${path}/stepfunction` }))
    })
  )
]

const form = [
  '--x',
  'Content-Disposition: form-data; name="data"',
  '',
  '{"status": "SUCCEED", "taskToken": "other"}',
  '--x',
  'Content-Disposition: form-data; name="attachment"; filename="a.txt"',
  'Content-Type: text/plain',
  '',
  '\0\xff\r\n\r\n--y',
  '--x--',
  ''
].join('\r\n')

function upload(method: string, text: string, type = 'multipart/form-data; boundary=x'): Row {
  return {
    method,
    target: `${waits}/attachment`,
    body: Buffer.from(text, 'latin1'),
    headers: [`Content-Type: ${type}`]
  }
}

const uploads: readonly Row[] = [
  upload('POST', form),
  upload('PUT', form),
  upload('POST', form.replaceAll('\r\n', '\n')),
  upload('POST', form.replace('--x--', '--x')),
  upload('POST', `preamble\r\n${form}`),
  upload('POST', form, 'multipart/form-data, application/x-www-form-urlencoded'),
  upload('POST', form, 'multipart/form-data; boundary=y'),
  upload('DELETE', '')
]

/**
 * What reviewers do to records that can be answered, other than answering. They may write these
 * records, and nothing above them.
 */
export const stepWrites: readonly Row[] = all([...writes, ...batches, ...uploads], {
  as: 'reviewer'
})
