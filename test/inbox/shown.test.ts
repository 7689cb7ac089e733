import t from 'tap'
import { shownComment, shownFields, shownText } from '../../src/inbox/shown.ts'

const choice = { label: 'Yes', answer: 'SUCCEED' as const }

t.test('an entry shows what is well-formed, and some kB of it', t => {
  const rows: [fields: object, shown: object][] = [
    [{ subject: 'Sign off?' }, { subject: 'Sign off?' }],
    [{ subject: 'x'.repeat(2_000) }, { subject: `${'x'.repeat(1_000)}…` }],
    [{ subject: `${'x'.repeat(999)}🙂` }, { subject: `${'x'.repeat(999)}…` }],
    [{ subject: 7, reviewer: ['account:alice'], expiresAt: {}, status: '' }, {}],
    [{ reviewer: 'x'.repeat(400) }, { reviewer: `${'x'.repeat(300)}…` }],
    [{ requestedBy: 'account:bob' }, { requestedBy: 'account:bob' }],
    [{ requestedBy: ['account:bob', 7] }, { requestedBy: ['account:bob'] }],
    [
      { requestedBy: Array<string>(100).fill('account:bob') },
      { requestedBy: Array<string>(10).fill('account:bob') }
    ],
    [{ choices: [choice] }, { choices: [choice] }],
    [
      { choices: [{ ...choice, help: 'x'.repeat(400), unknown: 'x' }] },
      { choices: [{ ...choice, help: `${'x'.repeat(300)}…` }] }
    ],
    [{ choices: 'x'.repeat(10_000) }, {}],
    [{ choices: [] }, {}],
    [{ choices: [choice, choice] }, {}]
  ]
  for (const [fields, shown] of rows)
    t.strictSame(JSON.parse(JSON.stringify(shownFields({ id: 'r', ...fields }))), {
      id: 'r',
      ...shown
    })
  t.equal(shownText(7), undefined)
  t.equal(shownComment('x'.repeat(2_500)), 'x'.repeat(2_500))
  t.equal(shownComment('x'.repeat(2_501)), `${'x'.repeat(2_500)}…`)
  t.end()
})
