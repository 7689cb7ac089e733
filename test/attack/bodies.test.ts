import { join } from 'node:path'
import * as fc from 'fast-check'
import t from 'tap'
import { findTargets } from '../../src/gateway/batch/find.ts'
import { planBatch, type Plan } from '../../src/gateway/batch/plan.ts'
import { askPython } from '../helpers/python.ts'
import { needsParts } from '../helpers/real.ts'
import { fuzzRuns } from './runs.ts'

const headers = ['Content-Type', 'application/json']
const record = '/buckets/stepfunction/collections/manual_steps/records/r1'

const answer = `${record}/stepfunction`
const whole = fc.constantFrom(
  JSON.stringify({
    requests: [
      {
        method: 'POST',
        path: answer,
        body: {
          answer: 'SUCCEED',
          comment: 'é\n',
          output: [1, -2.5e3, 1.0, 2 ** 60, true, false, null]
        }
      }
    ]
  }),
  JSON.stringify({
    requests: [
      { method: 'PATCH', path: record, body: { data: { status: 'SUCCEED', x: '\u2028' } } },
      { path: answer },
      { path: '/buckets' }
    ]
  }),
  JSON.stringify({
    defaults: { method: 'POST', path: answer, headers: { 'If-Match': '"1"' } },
    requests: [{ body: { answer: 'FAIL' } }, { path: `/v1${record}` }]
  }),
  JSON.stringify(
    { requests: [{ method: 'POST', path: answer, body: { answer: 'SUCCEED', output: -0.0 } }] },
    null,
    ' '
  )
)
const characters = Array.from(
  '{}[]:,"\\/*#\'-+.09eEaNtfnul \t\n\r\0\x01\v\f\x1f\x7f\x85\xa0\u2028\ufeff'
)
const piece = fc.constantFrom(
  ...characters,
  '😀',
  'NaN',
  'Infinity',
  '-Infinity',
  '//c\n',
  '/*c*/',
  '\\u0000',
  '\\ud800',
  '\\ud83d\\ude00',
  '\\x41',
  '\\/',
  '0x1',
  '01',
  '1.',
  '.5',
  '+1',
  '1e',
  '1e400',
  '1E-400',
  '-0',
  '18446744073709551616',
  '""',
  "'a'",
  'undefined',
  'True',
  'nan',
  'inf',
  '--1',
  '"status":1,',
  '"requests":[],',
  '"path":"/",',
  '"method":"PUT",',
  '"__proto__":{},'
)
// Not one of fast-check's numbers, since it prefers the ends of their range.
const place = fc.constantFrom(...Array.from({ length: 500 }, (_none, index) => index / 500))
/** At a place (a part of the length) some characters are cut out, and others are put in. */
const edit = fc.record({
  at: place,
  cut: fc.constantFrom(0, 0, 0, 1, 1, 2),
  put: fc.oneof({ weight: 4, arbitrary: piece }, { weight: 1, arbitrary: fc.constant('') })
})
// A stray byte is seldom UTF-8.
const stray = fc.oneof(
  { weight: 20, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.record({ at: place, byte: fc.integer({ min: 0x80, max: 0xff }) }) }
)
const body = fc
  .tuple(whole, fc.array(edit, { minLength: 1, maxLength: 2 }), stray)
  .map(([start, edits, byte]) => {
    const edited = edits.reduce((sofar, { at, cut, put }) => {
      const place = Math.floor(at * sofar.length)
      return sofar.slice(0, place) + put + sofar.slice(place + cut)
    }, start)
    const bytes = Buffer.from(edited)
    const place = Math.floor((byte?.at ?? 0) * bytes.length)
    return byte === null
      ? bytes
      : Buffer.concat([bytes.subarray(0, place), Buffer.of(byte.byte), bytes.subarray(place)])
  })

/** The value that Kinto reads from each body, or nothing where Kinto refuses it. */
async function readThere(bodies: readonly Buffer[]): Promise<[value?: unknown][]> {
  const lines = await askPython(
    join(import.meta.dirname, 'bodies.py'),
    bodies.map(body => body.toString('base64'))
  )
  return lines.map((line): [value?: unknown] => JSON.parse(line))
}

// RapidJSON reads some numbers with a tiny error.
function shown(value: unknown): string {
  // Numbers that keep their text become numbers of JavaScript.
  return JSON.stringify(JSON.parse(JSON.stringify(value ?? null)), (_name, part: unknown) =>
    typeof part === 'number' ? part.toPrecision(12) : part
  )
}

/** The plan of a batch. It is undefined where the batch goes on to Kinto as it came. */
function plan(body: Buffer): Plan | undefined {
  const specials = findTargets({ body, version: 'v1', headers }, () => true)
  return specials.length === 0 ? undefined : planBatch(body, specials)
}

t.test(
  'JSON',
  needsParts('batches that are taken apart, against what Kinto makes of them'),
  async t => {
    const bodies = fc.sample(body, fuzzRuns(10_000))
    const expected = await readThere(bodies)
    const seen = { 'taken apart': 0, 'refused by Kinto': 0 }
    const differences: object[] = []
    for (const [index, body] of bodies.entries()) {
      const theirs = expected[index] ?? []
      const ours = plan(body)
      if (ours !== undefined) seen['taken apart'] += 1
      if (theirs.length === 0) seen['refused by Kinto'] += 1
      const same = theirs.length === 0 ? undefined : plan(Buffer.from(JSON.stringify(theirs[0])))
      if (ours !== undefined && shown(ours) !== shown(same))
        differences.push({ body: JSON.stringify(body.toString()), ours, same })
    }
    t.strictSame(
      differences.slice(0, 10),
      [],
      `${differences.length} of ${bodies.length} are read in another way`
    )
    for (const [what, count] of Object.entries(seen))
      t.ok(count > bodies.length / 50, `${what}: ${count}`)
  }
)
