import t from 'tap'
import { answer, stateMachineArn } from '../helpers/service.ts'
import { isPrincipal } from '../../src/kinto/principals.ts'
import { everyBackend, needs, startWorld } from './seal/world.ts'

const group = '/buckets/stepfunction/groups/askers'

for (const backend of everyBackend) {
  const name = `who asked, as Kinto names them, ${backend}`
  t.test(name, needs(backend, 'names of requesters'), async t => {
    const { service, sfn, kinto, ask, at } = await startWorld(t, { backend })
    await at(group, { method: 'PUT', body: { data: { members: ['account:bob'] } } })

    /** The status of the question, or of bob's answer to it. */
    const askedAndAnswered = async (requestedBy: string): Promise<number> => {
      const { taskToken } = sfn.waitCallback()
      const asked = await ask({ taskToken, stateMachineArn, requestedBy })
      if (asked.status !== 201) return asked.status
      const uri = `/buckets/stepfunction/collections/steps/records/${asked.body.data.id}`
      return (await answer(service, uri, { answer: 'SUCCEED' }, 'bob')).status
    }

    await t.test('a name that Kinto gives to nobody is not taken', async t => {
      for (const requestedBy of [
        `${group}/`,
        `${group}?`,
        '/buckets/default/groups/askers',
        'account:bob ',
        'account:bob\n',
        ' account:bob'
      ])
        t.equal(await askedAndAnswered(requestedBy), 400, JSON.stringify(requestedBy))
    })

    await t.test('one that it gives to the requester is', async t => {
      for (const requestedBy of ['account:bob', group, 'system.Authenticated'])
        t.equal(await askedAndAnswered(requestedBy), 403, requestedBy)
    })

    await t.test('accounts are those that Kinto makes', async t => {
      for (const id of [
        'a',
        '0',
        'Al_ice',
        'al.ice+x@example.com',
        '_a',
        '+a',
        'a b',
        'ä',
        'a~b'
      ]) {
        const { status } = await at(`/accounts/${encodeURIComponent(id)}`, {
          method: 'PUT',
          user: 'nobody',
          body: { data: { password: 'secret' } }
        })
        t.equal(isPrincipal(`account:${id}`), status === 201, `${id}: ${status} ${kinto.url}`)
      }
    })

    await t.test('groups are those that Kinto makes', async t => {
      for (const id of ['a', '0', 'A_-', 'defaults', '_a', '-a', 'a.b', 'a b', 'a?']) {
        const uri = `/buckets/stepfunction/groups/${encodeURIComponent(id)}`
        const { status } = await at(uri, { method: 'PUT', body: { data: { members: [] } } })
        t.equal(isPrincipal(`/buckets/stepfunction/groups/${id}`), status === 201, id)
      }
    })
  })
}
