import t from 'tap'
import { refusedFields } from '../../../src/answer/record/refused-fields.ts'

const rows: [body: unknown, said: string | undefined][] = [
  [{ details: [{ name: 'b', description: "'a' is a required property" }] }, 'it wants a'],
  [
    {
      details: [
        {
          name: 'additionalProperties',
          description: "Additional properties are not allowed ('a', 'b' were unexpected)"
        }
      ]
    },
    "it does not know 'a', 'b'"
  ],
  [
    { details: [{ name: 'status', description: "'FAIL' is not one of ['UNANSWERED']" }] },
    'it does not take this value of status'
  ],
  [{ details: [{ name: 'x'.repeat(300), description: 'long' }] }, /^it does.{190,195}$/.source],
  [{ details: [{ name: { enum: ['secret'] }, description: 'secret' }] }, undefined],
  [{ details: [{ name: '', description: 'secret' }] }, undefined],
  [{ details: ['secret'] }, undefined],
  [{ message: 'secret' }, undefined]
]

t.test('fields by their names, and never a value', async t => {
  for (const [body, said] of rows) {
    const response = { status: 400, headers: [], body: Buffer.from(JSON.stringify(body)) }
    const text = refusedFields(response)
    if (said?.startsWith('^') === true) t.match(text, new RegExp(said))
    else t.equal(text, said)
  }
  const html = { status: 400, headers: [], body: Buffer.from('<html>') }
  t.equal(refusedFields(html), undefined)
})
