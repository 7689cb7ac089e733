import { randomBytes } from 'node:crypto'
import t from 'tap'
import { needsParts } from '../../helpers/real.ts'
import { answer, call, stateMachineArn } from '../../helpers/service.ts'
import { at, bucket, startWorld } from './world.ts'

const day = '2026-12-01'

// The id of each says what it shows. `writes` are the fields beside the token.
const records: [id: string, data: object][] = [
  ['3-noon', { expiresAt: `${day}T12:00:00Z` }],
  // As texts these two stand the other way round.
  ['2-eleven', { expiresAt: `${day}T13:00:00.5+02:00` }],
  ['1-ten', { expiresAt: `${day}t09:59:59.25-00:00`, status: 'UNANSWERED' }],
  ['5-none-old', {}],
  ['6-malformed', { expiresAt: 'tomorrow', status: null }],
  ['7-no-such-day', { expiresAt: '2026-02-30T00:00:00Z', status: 'later' }],
  ['4-last-day', { expiresAt: '9999-12-31T23:59:60Z' }],
  ['8-activity', { taskToken: '', activityArn: 'arn:aws:states:us-west-2:1:activity:a' }]
]
const others: [id: string, data: object][] = [
  ['draft', { taskToken: null, activityArn: '' }],
  ['succeeded', { status: 'SUCCEED', answeredAt: `${day}T00:00:00.000Z` }],
  [
    'failed',
    {
      status: 'FAIL',
      answeredAt: `${day}T00:00:01.000Z`,
      choices: [{ label: 'No', answer: 'FAIL' }],
      choice: 'No',
      comment: 'Hm'
    }
  ],
  ['long-ago', { status: 'FAIL', answeredAt: '2017-01-01T00:00:00Z', answeredBy: 'account:x' }]
]

t.test('what waits, in its order, and what is decided', needsParts('the inbox'), async t => {
  const world = await startWorld(t)
  for (const [index, [id, data]] of [...records, ...others].entries())
    await world.record(at(index % 2 === 0 ? 'a' : 'b', id), data)
  t.strictSame(await world.ids(), records.map(([id]) => id).toSorted())
  t.strictSame(await world.ids('workflow', '?status=decided'), ['failed', 'succeeded', 'long-ago'])
  const { body } = await world.inbox('workflow', '?status=decided')
  t.match(body.data, [
    { choice: 'No', comment: 'Hm', answeredAt: `${day}T00:00:01.000Z`, proof: 'record' },
    { status: 'SUCCEED', proof: 'record' },
    { answeredBy: 'account:x' }
  ])
})

t.test('an entry has these fields and no others', needsParts('the inbox'), async t => {
  const world = await startWorld(t)
  const listed = {
    subject: 'Sign off?',
    reviewer: 'account:alice',
    requestedBy: ['account:bob'],
    expiresAt: `${day}T12:00:00Z`,
    choices: [{ label: 'Yes', answer: 'SUCCEED', help: 'more' }],
    status: 'UNANSWERED'
  }
  const hidden = {
    form: { type: 'object' },
    openFields: ['x'],
    secret: 'x',
    executionArn: 'x',
    stateMachineArn,
    comment: 'x'
  }
  await world.record(at('a', 'whole'), { ...listed, ...hidden })
  const { body, headers } = await world.inbox('workflow')
  const { last_modified: version } = body.data[0]
  const record = `${bucket}${at('a', 'whole')}`
  t.type(version, 'number')
  t.strictSame(body, {
    data: [{ record, id: 'whole', last_modified: version, ...listed, hasForm: true }]
  })
  t.equal(headers.get('total-objects'), '1')
  t.equal(headers.get('cache-control'), 'no-cache, no-store')
})

t.test('whose they are', needsParts('the inbox'), async t => {
  const world = await startWorld(t)
  const group = `${bucket}/groups/reviewers`
  for (const [id, reviewer] of [
    ['alice', 'account:alice'],
    ['bob', 'account:bob'],
    ['group', group],
    ['everyone', 'system.Everyone'],
    ['number', 7],
    ['null', null],
    ['empty', ''],
    ['absent', undefined]
  ] as const)
    await world.record(at('a', id), { reviewer }, { read: ['account:alice', 'account:member'] })
  await world.record(at('b', 'for-group'), { reviewer: group }, { write: [group] })
  await world.record(at('b', 'hidden'), { reviewer: 'account:alice' })
  const noReviewer = ['absent', 'empty', 'everyone', 'null', 'number']
  const sorted = async (user: string, query = ''): Promise<string[]> =>
    (await world.ids(user, query)).toSorted()
  t.strictSame(await sorted('alice'), [...noReviewer, 'alice', 'bob', 'group'].toSorted())
  t.strictSame(await sorted('alice', '?reviewer=me'), ['alice', ...noReviewer].toSorted())
  t.strictSame(
    await sorted('member', '?reviewer=me'),
    [...noReviewer, 'for-group', 'group'].toSorted()
  )
  t.strictSame(await sorted('bob'), [], 'nothing readable')
  t.strictSame((await world.inbox('nobody')).status, 200)
})

t.test(
  'changed since it was asked, and decided with a receipt',
  needsParts('the inbox'),
  async t => {
    const secret = randomBytes(32).toString('hex')
    const world = await startWorld(t, { env: { SEAL_SECRET: secret } })
    const { service, kinto, sfn } = world
    const ask = async (id: string, data: object = {}): Promise<string> => {
      const { status, text } = await call(`${service.url}/v1${bucket}/collections/a/stepfunction`, {
        method: 'POST',
        user: 'workflow',
        body: {
          data: {
            id,
            taskToken: sfn.waitCallback().taskToken,
            stateMachineArn,
            subject: 'Sign off?',
            choices: [
              { label: 'Yes', answer: 'SUCCEED' },
              { label: 'No', answer: 'FAIL' }
            ],
            form: { type: 'object', maxProperties: JSON.rawJSON('9007199254740993') },
            amount: 7,
            ...data
          },
          permissions: { write: ['account:alice'] }
        }
      })
      if (status !== 201) throw new Error(text)
      return `${bucket}${at('a', id)}`
    }
    const change = async (uri: string, data: object): Promise<void> => {
      await call(`${kinto.url}/v1${uri}`, { method: 'PATCH', user: 'alice', body: { data } })
    }
    for (const [id, data, changes, obstacle] of [
      ['as-asked', {}, {}, undefined],
      ['subject', {}, { subject: 'Other' }, 'changed'],
      ['gone', {}, { choices: null }, 'changed'],
      ['new', {}, { requestedBy: 'account:bob' }, 'changed'],
      ['form', {}, { form: {} }, 'changed'],
      [
        'open',
        { openFields: ['reviewer'], reviewer: 'account:alice' },
        { reviewer: 'x' },
        undefined
      ],
      ['not-listed', {}, { amount: 8 }, undefined],
      ['put-back', {}, { subject: 'Sign off?' }, undefined],
      ['moved', {}, { taskToken: 'sealed:1:x' }, 'record']
    ] as const) {
      await change(await ask(id, data), changes)
      const { body } = await world.inbox('alice')
      const entry = body.data.find((entry: { id: string }) => entry.id === id)
      t.equal(entry.obstacle, obstacle, id)
      t.ok(entry.hasForm, id)
    }

    const decided = await ask('decided')
    const said = { choice: 'Yes', comment: 'fine', output: {} }
    t.match(await answer(service, decided, said), { status: 200 })
    await change(decided, { answeredBy: 'account:bob', status: 'FAIL', comment: 'no' })
    const forged = await ask('forged')
    await change(forged, {
      status: 'FAIL',
      answeredBy: 'account:bob',
      answeredAt: `${day}T00:00:00Z`
    })
    const { body } = await world.inbox('alice', '?status=decided')
    const find = (id: string): object => body.data.find((entry: { id: string }) => entry.id === id)
    t.match(find('decided'), {
      status: 'SUCCEED',
      choice: 'Yes',
      answeredBy: 'account:alice',
      comment: 'fine',
      proof: 'receipt'
    })
    const { status, ...words } = find('forged') as Record<string, unknown>
    t.equal(status, 'FAIL')
    t.notHas(words, { answeredBy: 'account:bob' }, 'nothing that is not proven is shown')
    t.notOk('proof' in words || 'answeredAt' in words)
  }
)
