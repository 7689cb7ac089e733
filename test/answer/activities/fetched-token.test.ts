import t from 'tap'
import { NotRecorded } from '../../../src/answer/record/update.ts'
import { Seals } from '../../../src/seal/seals.ts'
import { stateMachineArn } from '../../helpers/service.ts'
import { region } from '../../helpers/step-functions.ts'
import { startSaving, uri } from './saving.ts'

t.test('a token is saved where none is, or a dead one', async t => {
  const all = await startSaving(t)
  all.put({})
  t.match(await all.save(), { reading: { taskToken: 'NEW', data: { taskToken: 'NEW' } } })
  const patches = (): number => all.kinto.requests.length
  const before = patches()
  t.match(await all.save(), { reading: { taskToken: 'NEW' } })
  t.equal(patches(), before, 'it is there already')
  const { taskToken } = all.sfn.waitCallback()
  all.put({ taskToken })
  t.equal(await all.save(), 'still waits')
  t.equal(all.stored()['taskToken'], taskToken, 'one that is alive is never replaced')
  all.sfn.fault('SendTaskHeartbeat', 'AccessDeniedException')
  t.equal(await all.save(), 'still waits', 'nor one that may be')
  all.sfn.expire(taskToken)
  t.match(await all.save(), { reading: { taskToken: 'NEW' } })
  all.put({ taskToken: 'dead' })
  const calls = all.sfn.calls.length
  t.match(await all.save('dead'), { reading: { taskToken: 'NEW' } })
  t.equal(all.sfn.calls.length, calls, 'what is known to be dead is not asked about')
  all.put({ taskToken: 5 })
  t.equal(await all.save(), 'unusable')
})

t.test('what changes meanwhile counts', async t => {
  const all = await startSaving(t)
  const changing = (change: (nth: number) => void): void => {
    let nth = 0
    all.kinto.fault({ method: 'PATCH' }, (request, response, received) => {
      change(++nth)
      all.kinto.respond(request, response, received)
    })
  }
  const { taskToken } = all.sfn.waitCallback()
  all.put({})
  changing(nth => {
    if (nth === 1) all.put({ taskToken })
  })
  t.equal(await all.save(), 'still waits')
  const other = await startSaving(t)
  other.put({})
  other.kinto.fault({ method: 'PATCH' }, (_request, response) => {
    response
      .writeHead(412)
      .end(JSON.stringify({ details: { existing: { id: 'r', last_modified: 1 } } }))
  })
  const saved = await other.save()
  t.match(saved instanceof NotRecorded && saved.cause, { message: /without pause/ })
  t.equal(other.kinto.requests.length, 10)
})

t.test('what Kinto does not take is not saved', async t => {
  const all = await startSaving(t)
  all.put({})
  for (const [fault, refused] of [
    [403, 403],
    [503, undefined]
  ] as const) {
    all.kinto.fault({ method: 'PATCH', nth: 1 }, fault)
    t.match(await all.save(), { name: 'NotRecorded', refused })
  }
  all.kinto.fault({ method: 'PATCH', nth: 1 }, (_request, response) => {
    response.writeHead(412).end('{}')
  })
  t.match(await all.save(), { name: 'NotRecorded' }, 'a 412 without a record')
})

t.test('a seal keeps what it holds, and waits in its own region', async t => {
  const seals = new Seals(Buffer.alloc(32, 1))
  const all = await startSaving(t, seals)
  const record = { subject: 'x', stateMachineArn }
  const content = { fromActivity: true, region, heartbeatSeconds: 60, record, openFields: [] }
  all.put({
    ...record,
    subject: 'changed',
    taskToken: seals.sealQuestion(uri, { ...content, taskToken: undefined })
  })
  const saved = await all.save()
  t.match(
    saved,
    {
      reading: {
        taskToken: 'NEW',
        changed: ['subject'],
        isAsked: true,
        tokenField: { seal: { heartbeatSeconds: 60 } }
      }
    },
    'never from what the record says by now'
  )
  const { taskToken } = all.sfn.waitCallback()
  all.put({ ...record, taskToken: seals.sealQuestion(uri, { ...content, taskToken }) })
  t.equal(await all.save(), 'still waits')
  all.put({ ...record, taskToken: 'sealed:1:AAAA' })
  t.equal(await all.save(), 'unusable')
})

t.test('it counts once it was seen', async t => {
  for (const lost of [0, 2, 10]) {
    const all = await startSaving(t)
    let patches = 0
    all.kinto.fault({ method: 'PATCH' }, (request, response, received) => {
      const before = all.stored()
      all.kinto.respond(request, response, received)
      if (patches++ < lost) all.put(before)
    })
    all.put({})
    const saved = await all.saveSeen()
    t.equal(patches, Math.min(lost + 1, 10))
    if (lost === 10)
      t.match(saved instanceof NotRecorded && saved.cause, { message: /without pause/ })
    else t.match([saved, all.stored()], [{ reading: { taskToken: 'NEW' } }, { taskToken: 'NEW' }])
  }
  const all = await startSaving(t)
  all.put({ taskToken: 5 })
  t.equal(await all.saveSeen(), 'unusable')
  all.put({})
  all.kinto.fault({ method: 'PATCH', nth: 1 }, 403)
  t.match(await all.saveSeen(), { name: 'NotRecorded', refused: 403 })
})
