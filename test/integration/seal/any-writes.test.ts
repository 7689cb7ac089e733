import * as fc from 'fast-check'
import { isDeepStrictEqual } from 'node:util'
import t, { type Test } from 'tap'
import { isJsonObject, parseJson } from '../../../src/kinto/json.ts'
import { Seals } from '../../../src/seal/seals.ts'
import { rounds } from '../../helpers/combination.ts'
import { collection } from '../../helpers/service.ts'
import { carryOut, fields, write, type Fields } from './reviewer-writes.ts'
import { everyBackend, needs, secret, startWorld, type Asked, type World } from './world.ts'

const others = '/buckets/stepfunction/collections/others'
const written = new Set([
  'id',
  'last_modified',
  'taskToken',
  'status',
  'choice',
  'output',
  'answeredBy',
  'answeredAt',
  'comment',
  'answerReceipt',
  'over',
  'note'
])

for (const backend of everyBackend) {
  t.test(
    `whatever a reviewer writes between a question and its answer, ${backend}`,
    needs(backend, 'random writes of a reviewer between a question and its answer'),
    async t => {
      const world = await startWorld(t, {
        backend,
        env: { ACTIVITY_WAIT_SECONDS: '0', AWS_REGION: 'us-west-2' }
      })
      await world.at(others, {
        method: 'PUT',
        body: { permissions: { 'record:create': ['account:alice'] } }
      })
      world.sfn.createActivity()
      const another = await world.wait({ subject: 'Another' })
      const decided = await world.wait({ subject: 'Decided' })
      await world.answer(decided.uri)
      const decidedData = await world.read(decided.uri)
      const seals = new Seals(Buffer.from(secret, 'hex'))
      await fc.assert(
        fc.asyncProperty(
          fields,
          fc.array(write, { minLength: 1, maxLength: 6 }),
          async (more, writes) => {
            const asked = await world.wait({
              amount: 1000.5,
              note: 'open',
              openFields: ['note'],
              ...askable(more)
            })
            const elsewhere = await world.at(asked.uri.replace(collection, others), {
              method: 'PUT',
              user: 'alice',
              body: { data: { taskToken: asked.data['taskToken'] } }
            })
            const sources = {
              own: asked.data['taskToken'],
              none: '',
              garbled: `${asked.data['taskToken'].slice(0, -6)}AAAAAA`,
              another: another.data['taskToken'],
              'of another collection': elsewhere.body.data.taskToken
            }
            const receipts = {
              garbled: `${decidedData['answerReceipt']}x`,
              another: decidedData['answerReceipt']
            }
            const versions: Fields[] = [asked.data]
            for (const each of writes) {
              await carryOut(world, asked, each, versions, { ...sources }, receipts)
              versions.push(await world.read(asked.uri))
            }
            await check(t, world, seals, asked, await world.read(asked.uri))
            await world.at(asked.uri, { method: 'PUT', user: 'alice', body: { data: asked.data } })
            t.match(
              await world.answer(asked.uri),
              {
                status: 200,
                body: {
                  stepfunction: { outcome: 'accepted' },
                  data: { answeredBy: 'account:alice' }
                }
              },
              'with everything put back it is taken'
            )
            t.equal(world.sfn.execution(asked.executionArn).status, 'SUCCEEDED')
            t.match(await world.answer(asked.uri.replace(collection, others)), { status: 400 })
            t.equal(
              world.sfn.execution(another.executionArn).status,
              'RUNNING',
              'an answer reaches no other step'
            )
            if (!t.passing()) throw new Error('See above.')
          }
        ),
        { numRuns: rounds(15, 400), interruptAfterTimeLimit: rounds(60_000, 3_000_000) }
      )
    }
  )
}

/** Checks what the service says of the record as it stands by now, and what a POST does. */
async function check(
  t: Test,
  { state, answer, sfn }: World,
  seals: Seals,
  { uri, taskToken, executionArn, question, data: asked }: Asked,
  data: Fields
): Promise<void> {
  const label = JSON.stringify({ asked, data })
  const opened = seals.open(uri, String(data['taskToken']))
  const seal = opened !== 'broken' && 'key' in opened ? opened : undefined
  if (seal !== undefined) {
    t.equal(seal.taskToken, taskToken, 'a seal that opens holds the token that was asked with')
    t.strictSame(seals.changed(uri, seal, raw(question)), [], 'and the digests of what was asked')
  }
  const isOwn = data['taskToken'] === asked['taskToken']
  t.equal(seal !== undefined, isOwn, 'no other opens')
  const changed = changedIn(asked, data)
  const told = await state(uri)
  t.equal(told['canAnswer'], isOwn && changed.length === 0, label)
  t.notOk(
    told['answeredBy'] ?? told['comment'],
    'nothing that somebody wrote is shown as a decision'
  )
  if (isOwn && changed.length === 0) return
  const reply = await answer(uri)
  if (!isOwn) t.ok([400, 409].includes(reply.status), label)
  else if (told['obstacle'] === 'changed')
    t.match(reply, { status: 409, body: { errno: 122, details: { changed } } }, label)
  else {
    // A field that is malformed by now is told before what was changed.
    t.match([told, reply.status], [{ obstacle: 'record' }, 400], label)
    t.ok(changed.includes(reply.body.details[0].name), label)
  }
  t.equal(sfn.execution(executionArn).status, 'RUNNING')
}

/** The changed fields, found in another way than the service does it. */
function changedIn(asked: Fields, data: Fields): string[] {
  return [...new Set([...Object.keys(asked), ...Object.keys(data)])]
    .filter(
      field =>
        !written.has(field) && !isDeepStrictEqual(valueIn(asked, field), valueIn(data, field))
    )
    .toSorted()
    .slice(0, 10)
}

function valueIn(record: Fields, field: string): unknown {
  const value = record[field]
  return value === null || value === '' || (field === 'schema' && Number.isInteger(value))
    ? undefined
    : value
}

/** Fields that are asked too. What is malformed would be refused. */
function askable({ extra, requestedBy, choices }: Fields): Fields {
  return {
    ...(extra !== undefined && { extra }),
    ...(requestedBy !== undefined && { requestedBy: ['account:carol'] }),
    ...(choices !== undefined && { choices: [{ label: 'Approve', answer: 'SUCCEED' }] })
  }
}

/** Reads JSON as the service does, with numbers as they are written. */
function raw(question: Fields): Fields {
  const value = parseJson(JSON.stringify(question))
  return isJsonObject(value) ? value : {}
}
