import * as fc from 'fast-check'
import t from 'tap'
import { rounds } from '../../helpers/combination.ts'
import { call, collection, stateMachineArn } from '../../helpers/service.ts'
import { eightAtATime, everyBackend, needs, reviewers, startWorld, type World } from './world.ts'
import { json, object, text } from './random-json.ts'

const perRecord = 10
const patches = 20

for (const backend of everyBackend) {
  t.test(
    `no number or text counts as changed that nobody changed, ${backend}`,
    needs(backend, 'numbers and texts in questions'),
    async t => {
      const world = await startWorld(t, { backend })
      const asked = fc.sample(fc.array(json, { minLength: perRecord, maxLength: perRecord }), {
        numRuns: rounds(12, 1_000),
        seed: Date.now()
      })
      const names = fc.sample(
        fc.uniqueArray(text, {
          minLength: perRecord,
          maxLength: perRecord,
          selector: name => name.slice(0, 40)
        }),
        asked.length
      )
      await eightAtATime(asked.length, async index => {
        await see(world, index, asked[index] ?? [], names[index] ?? [])
      })

      async function see(
        { sfn, service, patch, state, at }: World,
        index: number,
        values: readonly string[],
        more: readonly string[]
      ): Promise<void> {
        const fields = Object.fromEntries(
          values.map((value, place) => [`${place}${more[place]}`, value])
        )
        const question = object({
          ...fields,
          taskToken: JSON.stringify(sfn.waitCallback().taskToken),
          stateMachineArn: JSON.stringify(stateMachineArn),
          openFields: '["note"]'
        })
        const body = `{"data": ${question}, "permissions": ${JSON.stringify(reviewers)}}`
        const created = await call(`${service.url}/v1${collection}/stepfunction`, {
          method: 'POST',
          user: 'workflow',
          body
        })
        if (created.status !== 201) throw new Error(`${created.text}\n${question}`)
        const uri = `${collection}/records/${created.body.data.id}`
        for (let times = 0; times < patches; times++) {
          // Every fifth change is a merge patch of another client.
          if (times % 5 === 4)
            await at(uri, {
              method: 'PATCH',
              user: 'bob',
              headers: { 'content-type': 'application/merge-patch+json' },
              body: { data: { note: { times } } }
            })
          else await patch(uri, { note: times / 7 })
        }
        const told = await state(uri)
        if (told['canAnswer'] !== true)
          t.fail(
            `${index}: ${JSON.stringify(told['changed'])}\n${question}\n${(await at(uri)).text}`
          )
        const again = await call(`${service.url}/v1${collection}/stepfunction`, {
          method: 'POST',
          user: 'workflow',
          body
        })
        if (again.status !== 200) t.fail(`${index}: ${again.text}`)
      }
    }
  )
}

t.test(
  'what no Kinto can keep is refused when it is asked',
  needs('memory', 'what cannot be kept'),
  async t => {
    const { sfn, service, proxy } = await startWorld(t)
    const refused: [fields: Record<string, string>, name?: string][] = [
      ...[
        '18446744073709551616',
        '-9223372036854775809',
        '1e20',
        '1e300',
        '1e999999999999',
        '1e-8',
        '9.99e-8',
        '1000000000000000.5',
        '-1234567890123456.7',
        '123456789012345678901234567890',
        '5e-324'
      ].map((value): [Record<string, string>] => [{ n: value }]),
      ...[
        '"\\u0000"',
        '"a\\u0000b"',
        '"\\ud800"',
        '"\\udc00\\ud800"',
        '{"\\u0000": 1}',
        '{"a": {"\\udfff": 1}}',
        '[["\\u0000"]]',
        '{"a": [1e300]}',
        nested(65),
        `${'{"a":'.repeat(65)}1${'}'.repeat(65)}`
      ].map((value): [Record<string, string>] => [{ n: value }]),
      [{ __permissions__: '{"write": ["system.Everyone"]}' }, '__permissions__'],
      [{ 'a\0': '1' }, 'a\0'],
      [{ 'a\uD800': '1' }, 'a\uD800'],
      [fields(98), 'data'],
      [{ ...fields(97), note: 'null' }, 'data'],
      [{ status: '"SUCCEED"' }, 'status'],
      [{ answeredBy: '"account:bob"' }, 'answeredBy'],
      [{ answerReceipt: '"x"' }, 'answerReceipt'],
      [{ comment: '"x"' }, 'comment'],
      [{ over: 'true' }, 'over'],
      [{ openFields: '["executionArn"]' }, 'openFields'],
      [{ openFields: '["openFields"]' }, 'openFields'],
      [{ openFields: '[1]' }, 'openFields'],
      [{ heartbeatSeconds: '-1' }, 'heartbeatSeconds'],
      [{ heartbeatSeconds: '"30 s"' }, 'heartbeatSeconds'],
      [{ taskToken: '"sealed:1:x"' }, 'taskToken'],
      [{ taskToken: '7' }, 'taskToken'],
      [{ activityArn: '"x"' }, 'activityArn'],
      [{ id: '7' }, 'id']
    ]
    const before = proxy.passed.length
    for (const [more, name = 'n'] of refused) {
      const data = object({
        subject: '"Sign off?"',
        taskToken: JSON.stringify(sfn.waitCallback().taskToken),
        stateMachineArn: JSON.stringify(stateMachineArn),
        ...more
      })
      const reply = await call(`${service.url}/v1${collection}/stepfunction`, {
        method: 'POST',
        user: 'workflow',
        body: `{"data": ${data}}`
      })
      t.match(reply, { status: 400, body: { errno: 107, details: [{ name }] } }, data.slice(-200))
    }
    t.strictSame(
      [...new Set(proxy.passed.slice(before).map(({ method, body }) => `${method} ${body}`))],
      ['POST ['],
      'nothing but the question whether they may'
    )
    for (const more of [
      { n: nested(63) },
      fields(97),
      { heartbeatSeconds: '0.5', __proto__own: '1' }
    ]) {
      const data = object({
        taskToken: JSON.stringify(sfn.waitCallback().taskToken),
        stateMachineArn: JSON.stringify(stateMachineArn),
        ...more
      })
      t.match(
        await call(`${service.url}/v1${collection}/stepfunction`, {
          method: 'POST',
          user: 'workflow',
          body: `{"data": ${data}}`
        }),
        { status: 201 }
      )
    }
  }
)

function nested(depth: number): string {
  return `${'['.repeat(depth)}${']'.repeat(depth)}`
}

function fields(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_none, index) => [`f${index}`, '1']))
}
