import * as fc from 'fast-check'
import { absent, malformed, wellFormed, type Row } from './fields.ts'

export const group = '/buckets/stepfunction/groups/askers'

type Fields = Record<string, Row | undefined>

/** A made-up record, its history, and who looks at it. */
export interface Case {
  /** Whether it was asked through the service; else its workflow wrote it. */
  isAsked: boolean
  hasExecution: boolean
  fields: Fields
  /** What is changed after it was asked. */
  changed: Fields
  history: 'waits' | 'answered here' | 'answered elsewhere' | 'expired' | 'stopped'
  status: string | undefined
  caller: keyof typeof callers
  isInBatch: boolean
}

export const callers = {
  writer: 'alice',
  administrator: 'workflow',
  requester: 'carol',
  'member of a group that asked': 'dave',
  reader: 'reader',
  stranger: 'eve',
  anonymous: undefined
} as const

const requesters: Row[] = [
  ['carol', 'account:carol'],
  ['the group', ['account:zoe', group]]
]

const fieldNames = ['requestedBy', 'choices', 'form', 'expiresAt', 'subject', 'description']

/** Some of the fields, each with one of its values. */
function some(isGood: boolean): fc.Arbitrary<Fields> {
  const rows = fieldNames.map((name): [string, fc.Arbitrary<Row>] => [
    name,
    fc.constantFrom<Row>(
      ...(wellFormed[name] ?? []),
      ...(name === 'requestedBy' ? requesters : []),
      ...(isGood ? absent : (malformed[name] ?? []))
    )
  ])
  return fc.record(Object.fromEntries(rows), { requiredKeys: [] })
}

// A token that is not there any more, or is another record's.
const tokens: Row[] = [
  ['none', null],
  ['sealed elsewhere', 'sealed:1:x']
]

const changes = fc
  .tuple(fc.oneof(some(true), some(false)), fc.constantFrom(undefined, undefined, ...tokens))
  .map(([fields, taskToken]): Fields => ({ ...fields, taskToken }))

export const cases: fc.Arbitrary<Case> = fc.record({
  isAsked: fc.boolean(),
  hasExecution: fc.boolean(),
  fields: some(true),
  changed: fc.oneof(fc.constant({}), changes),
  history: fc.constantFrom<Case['history'][]>(
    'waits',
    'waits',
    'waits',
    'answered here',
    'answered elsewhere',
    'expired',
    'stopped'
  ),
  status: fc.constantFrom(undefined, undefined, 'UNANSWERED', 'SUCCEED', 'FAIL'),
  caller: fc.constantFrom(
    ...(Object.keys(callers) as Case['caller'][]),
    ...Array.from({ length: 4 }, (): Case['caller'] => 'writer')
  ),
  isInBatch: fc.boolean()
})

const plain: Case = {
  isAsked: true,
  hasExecution: true,
  fields: {},
  changed: {},
  history: 'waits',
  status: undefined,
  caller: 'writer',
  isInBatch: false
}

// What chance alone brings about too seldom.
export const rare: Case[] = [
  { ...plain, changed: { subject: ['changed', 'Other'] } },
  { ...plain, fields: { requestedBy: ['alice', 'account:alice'] } },
  { ...plain, isAsked: false, changed: { taskToken: ['none', null] }, status: 'SUCCEED' }
]

export function values(rows: Fields): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(rows).flatMap(([name, row]) => (row === undefined ? [] : [[name, row[1]]]))
  )
}
