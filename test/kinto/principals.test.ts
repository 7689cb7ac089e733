import t from 'tap'
import { isPrincipal } from '../../src/kinto/principals.ts'

const bucket = '/buckets/4d25ac30-d263-a5e3-8d28-d5bb5d2a3f87'

t.test('what Kinto may call somebody', async t => {
  for (const principal of [
    'account:alice',
    'account:Alice',
    'account:alice.smith+kinto@example.com',
    'account:0_a-b',
    'basicauth:0f3c',
    'portier:alice@example.com',
    'auth0:google-oauth2|103547991597142817347',
    'my-ldap:Alice Smith',
    'ldap:uid=alice,ou=people',
    'openid:https://id.example.com/alice?a=b#c',
    'openid:爱丽丝',
    'openid:a',
    '/buckets/b/groups/reviewers',
    '/buckets/B_1-/groups/0',
    '/buckets/defaults/groups/g',
    `${bucket}/groups/askers`,
    'system.Everyone',
    'system.Authenticated'
  ])
    t.ok(isPrincipal(principal), principal)
})

t.test('what it calls nobody', async t => {
  for (const other of [
    'alice',
    '',
    'account:',
    ':alice',
    'account:_alice',
    'account:alice smith',
    'account:alice/',
    'account:älice',
    'alice@example.com',
    'a b:alice',
    'openid:a\tb',
    '/buckets/b',
    '/buckets/b/groups',
    '/buckets/b/groups/',
    '/buckets/b/groups/g/',
    '/buckets/b/groups/g?',
    '/buckets/b/groups/g#',
    '/buckets/b/groups/g%20',
    '/buckets/b/groups/-g',
    '/buckets/b/groups/g/members',
    '/buckets//groups/g',
    '/buckets/default/groups/g',
    '//buckets/b/groups/g',
    '/v1/buckets/b/groups/g',
    'system.x',
    'system.everyone',
    ...['account:alice', 'openid:a', '/buckets/b/groups/g', 'system.Everyone'].flatMap(spoilt)
  ])
    t.notOk(isPrincipal(other), JSON.stringify(other))
})

/** With what does not belong there, and what nobody sees. */
function spoilt(text: string): string[] {
  return [
    ` ${text}`,
    `${text} `,
    `${text}\n`,
    `${text}\t`,
    `${text}\u00a0`,
    `${text}\0`,
    `${text}\ud800`,
    `x\n${text}`
  ]
}
