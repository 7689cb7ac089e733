import * as fc from 'fast-check'
import type { Asked, World } from './world.ts'

export type Fields = Record<string, unknown>

/** What a reviewer does to the record at Kinto. `from` says which token or receipt they write. */
type Write =
  | { kind: 'patch'; fields: Fields }
  | { kind: 'token'; from: 'own' | 'none' | 'garbled' | 'another' | 'of another collection' }
  | { kind: 'receipt'; from: 'garbled' | 'another' }
  | { kind: 'old version'; back: number }
  | { kind: 'made anew'; fields: Fields }
  | { kind: 'put back' }

const value = fc.constantFrom<unknown>(
  '',
  null,
  'a',
  'b',
  0,
  1,
  1.5,
  true,
  [],
  [1],
  { a: 1, b: [''] },
  { b: [''], a: 1 },
  'arn:aws:states:us-west-2:123456789012:activity:ManualStep'
)
const name = fc.constantFrom(
  'subject',
  'amount',
  'extra',
  'note',
  'openFields',
  'heartbeatSeconds',
  'requestedBy',
  'activityArn',
  'stateMachineArn',
  'executionArn',
  'choices',
  'status',
  'answeredBy',
  'comment',
  'over',
  'schema'
)
export const fields = fc.dictionary(name, value, { minKeys: 1, maxKeys: 3, noNullPrototype: true })
export const write = fc.oneof<fc.Arbitrary<Write>[]>(
  fc.record({ kind: fc.constant('patch'), fields }),
  fc.record({
    kind: fc.constant('token'),
    from: fc.constantFrom('own', 'none', 'garbled', 'another', 'of another collection')
  }),
  fc.record({ kind: fc.constant('receipt'), from: fc.constantFrom('garbled', 'another') }),
  fc.record({ kind: fc.constant('old version'), back: fc.nat(8) }),
  fc.record({ kind: fc.constant('made anew'), fields }),
  fc.record({ kind: fc.constant('put back') })
)

/** Does one of these to the record, as alice. `versions` are all that the record had so far. */
export async function carryOut(
  { at, patch }: World,
  { uri, data }: Asked,
  each: Write,
  versions: readonly Fields[],
  tokens: Record<string, string>,
  receipts: Record<string, string>
): Promise<void> {
  const replace = async (data: Fields): Promise<unknown> =>
    await at(uri, { method: 'PUT', user: 'alice', body: { data } })
  switch (each.kind) {
    case 'patch':
      return void (await patch(uri, each.fields))
    case 'token':
      return void (await patch(uri, { taskToken: tokens[each.from] }))
    case 'receipt':
      return void (await patch(uri, { answerReceipt: receipts[each.from] }))
    case 'old version':
      return void (await replace(unversioned(versions[each.back % versions.length])))
    case 'put back':
      return void (await replace(unversioned(data)))
    case 'made anew':
      await at(uri, { method: 'DELETE', user: 'alice' })
      await replace({ ...each.fields, taskToken: tokens['own'] })
  }
}

function unversioned({ last_modified: _version, ...data }: Fields = {}): Fields {
  return data
}
