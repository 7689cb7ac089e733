import * as fc from 'fast-check'
import t from 'tap'
import { readAnswer } from '../../src/answer/request.ts'
import { findTargets } from '../../src/gateway/batch/find.ts'
import { planBatch } from '../../src/gateway/batch/plan.ts'
import { classify, decodedPath, originForm } from '../../src/gateway/classify.ts'
import { Refusal } from '../../src/kinto/errors.ts'
import { recordPath, UnsafeSegmentError } from '../../src/kinto/paths.ts'
import { fuzzRuns } from './runs.ts'

fc.configureGlobal(fuzzRuns(2_000))

const segment = fc.oneof(
  fc.constantFrom(
    'buckets',
    'collections',
    'collection',
    'records',
    'stepfunction',
    'v1',
    'v12',
    'V1',
    'b',
    '.',
    '..',
    '%2e%2e',
    '',
    '%2F',
    '%0A',
    '%0D%0A',
    '%00',
    '%73tepfunction',
    '%zz',
    '%E9',
    'é',
    'r?x',
    'r#x',
    '\\',
    ';'
  ),
  fc.string({ maxLength: 4 })
)
const almost = fc
  .tuple(fc.constantFrom('/v1', '/v2', '//v1', 'http://k/v1', '/V1'), segment, segment, segment)
  .map(
    ([start, bucket, collection, record]) =>
      `${start}/buckets/${bucket}/collections/${collection}/records/${record}/stepfunction`
  )
const target = fc.oneof(
  almost,
  fc.array(segment, { maxLength: 9 }).map(parts => `/${parts.join('/')}`)
)

/** Whether Pyramid's route takes the path, after Python's `urllib.parse.unquote_to_bytes`. */
function pyramid(path: string): boolean {
  const [raw = ''] = path.split(/[?#]/, 1)
  const bytes = Buffer.from(
    raw.replaceAll(/%([0-9a-f]{2})/gi, (_all, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16))
    ),
    'latin1'
  )
  const text = bytes.toString('utf8')
  return (
    Buffer.from(text).equals(bytes) &&
    /^\/+v\d+\/buckets\/[^/]+\/collections?\/[^/]+\/records\/[^/]+\/stepfunction\n?$/.test(text)
  )
}

t.test('paths', async t => {
  fc.assert(
    fc.property(target, url => {
      const latin1 = Buffer.from(url).toString('latin1')
      const kind = classify('POST', latin1)
      if ((kind.kind === 'answer') !== pyramid(originForm(latin1))) return false
      if (kind.kind !== 'answer') return typeof decodedPath(latin1) === 'string'
      try {
        return (
          /^\/v\d+\/buckets\/[!-~]+\/collections\/[!-~]+\/records\/[!-~]+$/.test(
            recordPath(kind.ref)
          ) &&
          recordPath(kind.ref).split('/').length === 8 &&
          !/\/\.{1,2}(\/|$)/.test(recordPath(kind.ref))
        )
      } catch (error) {
        return error instanceof UnsafeSegmentError
      }
    })
  )
  t.pass("the sub-resource is what Kinto's router would find, and no URL leaves its place")
})

const json = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }).map(parsed => JSON.stringify(parsed)),
  fc.string({ unit: 'binary' }),
  fc
    .record(
      {
        answer: fc.constantFrom('SUCCEED', 'FAIL', 'x', 1),
        comment: fc.anything(),
        output: fc.jsonValue(),
        error: fc.string()
      },
      { requiredKeys: [] }
    )
    .map(parsed => JSON.stringify(parsed) ?? '')
)

t.test('bodies', async t => {
  fc.assert(
    fc.property(json, text => {
      try {
        readAnswer(Buffer.from(text))
      } catch (error) {
        if (!(error instanceof Refusal) || error.problem.status !== 400) throw error
      }
    })
  )
  t.pass('each is read, or refused with 400')
})

const request = fc.record(
  {
    path: fc.oneof(almost, target, fc.anything()),
    method: fc.constantFrom('GET', 'POST', 'DELETE', 'PUT', 0, null, 'x'),
    headers: fc.oneof(fc.dictionary(fc.string(), fc.string()), fc.anything()),
    body: fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue())
  },
  { requiredKeys: [] }
)

t.test('batches', async t => {
  fc.assert(
    fc.property(
      fc.record(
        { requests: fc.array(request, { maxLength: 5 }), defaults: request },
        { requiredKeys: ['requests'] }
      ),
      batch => {
        const body = Buffer.from(
          JSON.stringify(batch, (_key, part: unknown) =>
            typeof part === 'bigint' ? String(part) : part
          )
        )
        const specials = findTargets(
          { body, version: 'v1', headers: ['Content-Type', 'application/json'] },
          () => true
        )
        const plan = specials.length === 0 ? undefined : planBatch(body, specials)
        if (plan === undefined) return true
        return (
          plan.opening.length +
            plan.rest.reduce((sum, part) => sum + ('run' in part ? part.run.length : 1), 0) ===
          batch.requests.length
        )
      }
    )
  )
  t.pass('every request in it has its place, or it is not taken apart')
})
