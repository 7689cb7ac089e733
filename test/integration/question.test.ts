import t from 'tap'
import { answer, call, type Called } from '../helpers/service.ts'
import { needs, everyBackend, startWorld } from './seal/world.ts'

const group = '/buckets/stepfunction/groups/askers'
const choices = [
  { label: 'Refund', answer: 'SUCCEED', help: 'Pays the money back.' },
  { label: 'Voucher', answer: 'SUCCEED' },
  { label: 'Refuse', answer: 'FAIL', error: 'Refused', comment: 'required' }
]
const form = {
  type: 'object',
  required: ['amount'],
  properties: { amount: { type: 'integer', default: 120 }, mail: { format: 'email' } }
}
const output = '{"amount":12.0,"mail":"carol@example.org","big":9007199254740993,"no":null}'
const equal = '{"no":null,"big":9007199254740993,"mail":"carol@example.org","amount":12}'

// RapidJSON, in Kinto, moves doubles of more than 15 digits by some units of the last place.
const doubles = Array.from({ length: 500 }, (_none, at): [string, string] => [
  `d${at}`,
  String(((at * 0.7548776662466927 + 0.1) % 1) * 10 ** ((at % 60) - 30))
])
const numbers = `{${[
  ...doubles,
  ['whole', '123456789012345678901234567890'],
  ['long', '3.14159265358979323846264338327950288'],
  ['sum', '0.30000000000000004'],
  ['kept', '9007199254740993']
]
  .map(([name, literal]) => `"${name}":${literal}`)
  .join()}}`

for (const backend of everyBackend) {
  for (const sealed of [true, false]) {
    const name = `choices, a form and who asked, ${backend}${sealed ? '' : ', in clear'}`
    t.test(name, needs(backend, 'choices and forms'), async t => {
      const env = sealed ? {} : { SEAL_SECRET: '' }
      const world = await startWorld(t, { backend, env })
      const { service, sfn, wait, state, read, at, another } = world
      await at(group, { method: 'PUT', body: { data: { members: ['account:bob'] } } })

      const say = async (uri: string, body: unknown, user = 'alice'): Promise<Called> =>
        await answer(service, uri, body, user)

      await t.test('a choice with an output', async t => {
        const asked = await wait(
          { choices, form, requestedBy: group, expiresAt: '2030-01-01T00:00:00Z' },
          { withExecution: true }
        )
        t.match(await state(asked.uri), {
          canAnswer: true,
          choices,
          form,
          expiresAt: '2030-01-01T00:00:00Z'
        })
        t.match(await state(asked.uri, 'bob'), { canAnswer: false, obstacle: 'requester' })
        t.match(await say(asked.uri, { choice: 'Refund' }, 'bob'), {
          status: 403,
          body: { errno: 121, message: /^You asked for this yourself/ }
        })
        t.match(await say(asked.uri, { answer: 'SUCCEED', output: { amount: 1 } }), {
          status: 400,
          body: { details: [{ name: 'choice' }] }
        })
        t.match(await say(asked.uri, { choice: 'Refund', output: { amount: 'x', mail: 'y' } }), {
          status: 400,
          body: { details: [{ name: 'output.amount' }, { name: 'output.mail' }] }
        })
        const first = await say(asked.uri, `{"choice":"Refund","output":${output}}`)
        t.match(first, {
          status: 200,
          body: { data: { status: 'SUCCEED', choice: 'Refund', output: { amount: 12 } } }
        })
        t.match(sfn.execution(asked.executionArn).output, `"output":${output}`)
        const recorded = await read(asked.uri)
        t.match(recorded, { choice: 'Refund', answeredBy: 'account:alice' })
        t.match(recorded['output'], { amount: 12, mail: 'carol@example.org' })
        t.match(await state(asked.uri), { state: 'succeeded', choice: 'Refund' })
        t.match((await state(asked.uri))['output'], { mail: 'carol@example.org' })
        const stranger = await another()
        for (const through of [service, stranger]) {
          const again = await answer(through, asked.uri, `{"choice":"Refund","output":${equal}}`)
          t.match(again, { status: 200, body: { stepfunction: { outcome: 'already_applied' } } })
          for (const other of [
            { choice: 'Voucher', output: JSON.parse(output) },
            { choice: 'Refund', output: { amount: 12 } },
            { choice: 'Refuse', comment: 'no' }
          ])
            t.match(await answer(through, asked.uri, other), {
              status: 409,
              body: {
                details: { answer: 'SUCCEED', choice: 'Refund', answeredBy: 'account:alice' }
              }
            })
        }
      })

      await t.test('numbers that Kinto moves', async t => {
        const asked = await wait({ form: { type: 'object' } }, { withExecution: false })
        const sent = `{"answer":"SUCCEED","output":${numbers}}`
        t.equal((await say(asked.uri, sent)).status, 200)
        t.match(sfn.execution(asked.executionArn).output, `"output":${numbers}`, 'as it was sent')
        const stranger = await another()
        t.match(await answer(stranger, asked.uri, sent), { status: 200 }, 'an equal output')
        const { text } = await call(`${stranger.url}/v1${asked.uri}/stepfunction`, {
          user: 'alice'
        })
        const { output } = JSON.parse(text).data
        t.equal(Object.keys(output).length, Object.keys(JSON.parse(numbers)).length, 'GET gives it')
        for (const [name, value] of Object.entries<number>(JSON.parse(numbers)))
          t.ok(Math.abs(output[name] / value - 1) < 1e-14, name)
      })

      await t.test('numbers that Kinto cannot keep', async t => {
        const asked = await wait({ form: { type: 'object' }, choices })
        for (const number of ['1e400', '-1e309', '1e-400']) {
          const body = `{"choice":"Refund","output":{"a":[{"b":${number}}]}}`
          t.match(
            await say(asked.uri, body),
            { status: 400, body: { details: [{ location: 'body', name: 'output' }] } },
            number
          )
        }
        t.match(await state(asked.uri), { canAnswer: true }, 'nothing was reported')
      })

      await t.test('a refusal, in a batch', async t => {
        const asked = await wait({ choices, requestedBy: 'account:bob' })
        const entry = (body: object): object => ({
          method: 'POST',
          path: `${asked.uri}/stepfunction`,
          body
        })
        const bodies = [{ choice: 'Refuse' }, { choice: 'Refuse', comment: 'too late' }]
        const send = async (user: string): Promise<any[]> =>
          (
            await call(`${service.url}/v1/batch`, {
              method: 'POST',
              user,
              body: { requests: bodies.map(entry) }
            })
          ).body.responses
        t.match(await send('bob'), [{ status: 403 }, { status: 403 }])
        t.match(await send('alice'), [
          { status: 400, body: { details: [{ name: 'comment' }] } },
          { status: 200, body: { data: { status: 'FAIL', choice: 'Refuse' } } }
        ])
        t.match(sfn.execution(asked.executionArn), { status: 'FAILED', error: 'Refused' })
      })

      await t.test('what is malformed is not asked', async t => {
        for (const field of ['requestedBy', 'choices', 'form', 'expiresAt']) {
          const { taskToken } = sfn.waitCallback()
          t.match(await world.ask({ taskToken, [field]: 5 }), {
            status: 400,
            body: { details: [{ location: 'body', name: field }] }
          })
        }
      })

      await t.test('an anonymous answer', async t => {
        const permissions = { write: ['system.Everyone'] }
        const asked = await wait({ requestedBy: 'account:bob' }, { permissions })
        const url = `${service.url}/v1${asked.uri}/stepfunction`
        t.match((await call(url)).body.data, { canAnswer: false, obstacle: 'requester' })
        t.match(await call(url, { method: 'POST', body: { answer: 'SUCCEED' } }), {
          status: 403,
          body: { errno: 121 }
        })
      })

      await t.test('a decision takes the place of an earlier one', async t => {
        const { uri } = await wait({ choices, form, activityArn: null })
        const { taskToken } = sfn.waitCallback()
        if (sealed) return
        await say(uri, { choice: 'Refuse', comment: 'no' })
        await at(uri, { method: 'PATCH', body: { data: { status: 'UNANSWERED', taskToken } } })
        t.match(await say(uri, { choice: 'Refund', output: { amount: 1, no: null } }), {
          status: 200,
          body: { data: { choice: 'Refund', comment: '', output: { amount: 1, no: null } } }
        })
        const another = sfn.waitCallback()
        const back = { status: 'UNANSWERED', taskToken: another.taskToken }
        await at(uri, { method: 'PATCH', body: { data: back } })
        await say(uri, { choice: 'Refuse', comment: 'no' })
        const data = await read(uri)
        t.match(data, { status: 'FAIL', choice: 'Refuse', comment: 'no' })
        t.notOk('output' in data, 'the output of the earlier one is gone')
      })
    })
  }
}
