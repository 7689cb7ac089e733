import { readFileSync } from 'node:fs'
import t from 'tap'
import { checkFields } from '../../src/check/fields.ts'
import { loadSettings } from '../../src/config/config.ts'
import { KintoSession } from '../../src/kinto/session.ts'
import { createUpstream } from '../../src/kinto/upstream.ts'
import { startKinto } from '../helpers/kinto.ts'

const schema = (properties: unknown): object => ({ schema: { type: 'object', properties } })

t.test('schemas that use a name of ours with another meaning', async t => {
  const uri = '/buckets/b/collections/c'
  const named = async (data: object): Promise<(string | undefined)[]> => {
    const kinto = await startKinto(t, (_request, response) => {
      response.end(JSON.stringify({ data }))
    })
    const { dispatcher, close } = createUpstream({ origin: kinto.url, timeoutMs: 1_000 })
    t.teardown(close)
    const session = new KintoSession(
      { dispatcher, origin: kinto.url, timeoutMs: 1_000 },
      [],
      () => 1_000
    )
    const settings = loadSettings({ argv: [], env: { STEPFUNCTION_RESOURCES: uri } })
    const results = await checkFields(session, settings)
    for (const { level, text } of results) {
      t.equal(level, 'warning')
      t.match(text, `The schema of ${uri} has another meaning for `)
    }
    return results.map(({ text }) => / for (\w+): /.exec(text)?.[1])
  }
  const rows: [title: string, data: object, names: string[]][] = [
    ['no schema', {}, []],
    ['no properties', { schema: {} }, []],
    ['properties that are none', schema([]), []],
    ['others', schema({ subject: { type: 'string' }, amount: { type: 'number' } }), []],
    [
      'another meaning',
      schema({
        requestedBy: { type: 'object' },
        choices: { type: 'string' },
        form: { type: 'string' },
        expiresAt: { type: 'integer' }
      }),
      ['requestedBy', 'choices', 'form', 'expiresAt']
    ],
    ['another format', schema({ expiresAt: { type: 'string', format: 'date' } }), ['expiresAt']],
    [
      'what it does not say, or says as true',
      schema({ requestedBy: { title: 'x' }, form: true, choices: { type: ['array', 'null'] } }),
      []
    ],
    ['our own', JSON.parse(readFileSync('demo/collection.json', 'utf8')).data, []]
  ]
  for (const [title, data, names] of rows) t.strictSame(await named(data), names, title)
})
