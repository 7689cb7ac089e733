import t, { type Test } from 'tap'
import { checkSeals } from '../../src/check/seals.ts'
import { loadSettings } from '../../src/config/config.ts'
import { KintoSession } from '../../src/kinto/session.ts'
import { createUpstream } from '../../src/kinto/upstream.ts'
import { Seals } from '../../src/seal/seals.ts'
import { startKinto } from '../helpers/kinto.ts'

const uri = '/buckets/b/collections/c'
const [secret, older, foreign] = ['aa', 'bb', 'cc'].map(pair => Buffer.from(pair.repeat(32), 'hex'))
const content = {
  taskToken: 'T',
  fromActivity: false,
  region: 'us-west-2',
  heartbeatSeconds: undefined
}

interface Collection {
  schema?: object
  records?: object[]
  /** The status of the response to a GET of the collection. */
  status?: number
  /** The status of the response to a list of its records. */
  listed?: number
}

async function check(
  t: Test,
  secrets: readonly (Buffer | undefined)[],
  { schema, records = [], status = 200, listed = 200 }: Collection = {}
): Promise<string[]> {
  const kinto = await startKinto(t, ({ url = '' }, response) => {
    const data = url.includes('/records?') ? records : { id: 'c', schema }
    response.writeHead(url.includes('/records?') ? listed : status).end(JSON.stringify({ data }))
  })
  const upstream = createUpstream({ origin: kinto.url, timeoutMs: 1_000 })
  t.teardown(() => upstream.close())
  const session = new KintoSession(
    { dispatcher: upstream.dispatcher, origin: kinto.url, timeoutMs: 1_000 },
    [],
    () => 1_000
  )
  const env = {
    STEPFUNCTION_RESOURCES: uri,
    STEPFUNCTION_SEAL_SECRET: secrets.map(each => each?.toString('hex')).join(' ')
  }
  return (await checkSeals(session, loadSettings({ argv: [], env }))).map(
    ({ level, text }) => `${level} ${text}`
  )
}

t.test('without a secret nothing is looked at', async t => {
  t.same(await check(t, []), [])
})

t.test('the keys are named, and no secret is', async t => {
  const [first, second] = [
    new Seals(Buffer.from(secret ?? '')),
    new Seals(Buffer.from(older ?? ''))
  ].map(({ keyIds }) => keyIds[0])
  t.same(await check(t, [secret]), [`ok Questions are sealed with the key ${first}.`])
  t.same(await check(t, [secret, older]), [
    `ok Questions are sealed with the key ${first}. What was sealed with ${second} is opened too.`
  ])
  t.same(
    await check(t, [secret], { status: 403 }),
    [`ok Questions are sealed with the key ${first}.`],
    'a collection that is not shown'
  )
})

t.test('schemas that take no seal or no receipt', async t => {
  const rows: [schema: object, found: RegExp[]][] = [
    [{ type: 'object', properties: { taskToken: { type: 'string' } } }, []],
    [{ properties: { taskToken: { maxLength: 16_384 } } }, []],
    [{ properties: { taskToken: { maxLength: 2048 } } }, [/^warning .*at most 2048 characters/]],
    [{ additionalProperties: false, properties: { taskToken: {}, answerReceipt: {} } }, []],
    [
      { additionalProperties: false, properties: { taskToken: {} } },
      [/^warning .*does not know answerReceipt.*without a proof/]
    ],
    [
      { additionalProperties: false },
      [/^warning .*does not know taskToken.*nothing can be sealed/, /^warning .*answerReceipt/]
    ]
  ]
  for (const [schema, found] of rows) {
    const [, ...lines] = await check(t, [secret], { schema })
    t.equal(lines.length, found.length, JSON.stringify(schema))
    for (const [index, line] of lines.entries()) t.match(line, found[index])
  }
})

t.test('what waits and cannot be opened', async t => {
  const [own, other] = [secret, foreign].map(each => new Seals(Buffer.from(each ?? '')))
  const records = ['r1', 'r2', 'r3'].map((id, index) => ({
    id,
    taskToken: (index === 0 ? own : other)?.sealToken(`${uri}/records/${id}`, content)
  }))
  const [, ...lines] = await check(t, [secret], {
    records: [...records, { id: 'r4', taskToken: 'zzz' }]
  })
  t.equal(lines.length, 1)
  t.match(
    lines[0],
    `wrong Questions in ${uri} wait that were sealed with a secret which is not in ` +
      `stepfunction.seal_secret: 2 (key ${other?.keyIds[0]})`
  )
})

t.test('a Kinto that does not take the query', async t => {
  t.equal((await check(t, [secret], { listed: 400 })).length, 1, 'nothing is known of what waits')
})
