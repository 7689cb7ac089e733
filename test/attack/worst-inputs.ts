/** A request that costs as much as the limits allow. */
export interface WorstInput {
  title: string
  target: string
  headers: string[]
  /** The body as it goes over the wire, in one of the two ways that HTTP frames it. */
  wire: Buffer
}

const mebibyte = 1024 * 1024
const records = '/v1/buckets/stepfunction/collections/steps/records'
const question = '/v1/buckets/stepfunction/collections/steps/stepfunction'
const answer = `${records}/worst/stepfunction`
const batch = '/v1/batch'

/** The worst bodies of each endpoint: as large, as deep, and in as small pieces as they may be. */
export const worstInputs: readonly WorstInput[] = [
  whole(
    'an answer of numbers',
    answer,
    text('{"answer":"SUCCEED","output":[', '1,', '1]}', mebibyte)
  ),
  whole(
    'an answer of as many values as it may have',
    answer,
    Buffer.from(`{"answer":"SUCCEED","output":[${'0,'.repeat(139_990)}0]}`)
  ),
  whole(
    'an answer of empty lists',
    answer,
    text('{"answer":"SUCCEED","output":[', '[],', '1]}', mebibyte)
  ),
  whole(
    'a deep answer',
    answer,
    Buffer.from(`{"answer":"SUCCEED","output":${'['.repeat(500_000)}${']'.repeat(500_000)}}`)
  ),
  whole(
    'an answer of escapes',
    answer,
    text('{"answer":"SUCCEED","comment":"', '\\u0061', '"}', mebibyte)
  ),
  whole('an answer of many fields', answer, text('{"answer":"SUCCEED"', ',"a":1', '}', mebibyte)),
  pieces('an answer in pieces of one byte', answer, mebibyte),
  pieces('an answer in small pieces', answer, mebibyte, { size: 20 }),
  pieces('a look with a body in pieces of one byte', answer, mebibyte, { method: 'GET' }),
  whole('a question of numbers', question, text('{"data":{"a":[', '1.5e300,', '1]}}', mebibyte)),
  whole('a question of many fields', question, text('{"data":{"z":1', ',"a":{}', '}}', mebibyte)),
  pieces('a question in pieces of one byte', question, mebibyte),
  whole(
    'a batch of slashes',
    batch,
    Buffer.from(
      JSON.stringify({ requests: [{ path: `/${'/'.repeat(15 * mebibyte)}stepfunction` }] })
    )
  ),
  whole(
    'a batch of empty lists',
    batch,
    text('{"requests":[', '[],', '"stepfunction"]}', 8 * mebibyte)
  ),
  whole(
    'a batch whose defaults multiply',
    batch,
    Buffer.from(
      JSON.stringify({
        defaults: { path: answer, method: 'POST', body: { a: 'x'.repeat(60_000) } },
        requests: Array.from({ length: 1_000 }, () => ({}))
      })
    )
  ),
  whole(
    'a batch of small requests',
    batch,
    text(`{"requests":[{"path":"${answer.slice(3)}"}`, ',{}', ']}', mebibyte)
  ),
  whole(
    'a deep batch',
    batch,
    Buffer.from(`{"requests":["stepfunction",${'['.repeat(2_000_000)}${']'.repeat(2_000_000)}]}`)
  ),
  whole('a batch of escapes', batch, text('{"requests":[{"path":"/', '%2f', '"}]}', 15 * mebibyte)),
  pieces('a batch in pieces of one byte', batch, 2 * mebibyte),
  pieces('a batch in small pieces', batch, 8 * mebibyte, { size: 20 }),
  pieces('a record in pieces of one byte', `${records}/other`, 2 * mebibyte, { method: 'PUT' }),
  pieces('a record in small pieces', `${records}/other`, 8 * mebibyte, { method: 'PUT', size: 20 })
]

/** A text of some size, of which a part is repeated. */
function text(start: string, part: string, end: string, size: number): Buffer {
  const times = Math.floor((size - start.length - end.length) / part.length)
  return Buffer.from(start + part.repeat(times) + end)
}

function whole(title: string, target: string, body: Buffer): WorstInput {
  const headers = ['Content-Type: application/json', `Content-Length: ${body.length}`]
  return { title, target: `POST ${target}`, headers, wire: body }
}

/** A body of so many bytes, in pieces of one byte each, or of `size`. */
function pieces(
  title: string,
  target: string,
  bytes: number,
  { method = 'POST', size = 1 } = {}
): WorstInput {
  const headers = ['Content-Type: application/json', 'Transfer-Encoding: chunked']
  return {
    title,
    target: `${method} ${target}`,
    headers,
    wire: Buffer.concat([
      Buffer.from(`${size.toString(16)}\r\n${' '.repeat(size)}\r\n`.repeat(bytes / size)),
      Buffer.from('0\r\n\r\n')
    ])
  }
}
