import t from 'tap'
import { OverNotes } from '../../../src/answer/record/over-notes.ts'
import { Heartbeats } from '../../../src/answer/rounds/heartbeats.ts'
import { createParts } from '../../helpers/parts.ts'
import { activityArn, as, collection, startAll, stateMachineArn } from '../../helpers/service.ts'
import { region, startStepFunctions } from '../../helpers/step-functions.ts'

const seconds = (value: number) => JSON.rawJSON(String(value))

t.test('pending records that say heartbeatSeconds get heartbeats', async t => {
  const all = await startAll(t, {
    env: { KINTO_AUTHORIZATION: as('workflow'), RESOURCES: collection }
  })
  const [alive, dead, decided] = [
    all.sfn.waitCallback(),
    all.sfn.waitCallback(),
    all.sfn.waitCallback()
  ]
  all.sfn.expire(dead.taskToken)
  const put = (id: string, data: object): void => {
    all.kinto.store.put(`${collection}/records/${id}`, { ...data })
  }
  put('a', { heartbeatSeconds: '15', stateMachineArn, taskToken: alive.taskToken })
  put('b', { heartbeatSeconds: seconds(30), stateMachineArn, taskToken: dead.taskToken })
  put('c', { heartbeatSeconds: seconds(30), activityArn })
  put('d', { heartbeatSeconds: seconds(30), taskToken: 'T', stateMachineArn: 'none' })
  put('e', { heartbeatSeconds: 'often', stateMachineArn, taskToken: 'T' })
  put('f', {
    heartbeatSeconds: seconds(15),
    stateMachineArn,
    taskToken: decided.taskToken,
    status: 'FAIL'
  })
  put('g', { stateMachineArn, taskToken: decided.taskToken })
  all.service.begin()
  while (all.sfn.callsOf('SendTaskHeartbeat').length < 3) await all.sfn.called('SendTaskHeartbeat')
  await all.service.stop()
  t.same(
    all.sfn
      .callsOf('SendTaskHeartbeat')
      .map(({ input }) => String(input['taskToken']))
      .toSorted(),
    [alive.taskToken, alive.taskToken, dead.taskToken].toSorted(),
    'and a dead token no second one'
  )
})

t.test('held tokens get them too; what goes wrong is logged without a token', async t => {
  const sfn = await startStepFunctions(t)
  const { stepFunctions, reader, log, lines } = createParts(t, { sfn })
  const { taskToken } = sfn.waitCallback()
  const unsaved = {
    taskToken,
    activityArn,
    region,
    version: 'v1',
    takenAt: 0,
    named: { uris: new Map(), ids: new Set<string>(), seals: new Set<string>() }
  }
  const heartbeats = new Heartbeats({
    stepFunctions,
    reader,
    overNotes: new OverNotes({ serviceAccount: undefined, reader, log }),
    unsavedTasks: () => [{ ...unsaved, heartbeatSeconds: 60 }, unsaved],
    log
  })
  sfn.fault('SendTaskHeartbeat', 'AccessDeniedException')
  await heartbeats.send()
  t.match(lines, [{ msg: /a heartbeat could not be sent/ }])
  t.notMatch(JSON.stringify(lines), taskToken)
  await heartbeats.send()
  await heartbeats.send()
  t.equal(
    sfn.callsOf('SendTaskHeartbeat').length,
    2,
    'what failed is tried again at once, what went well in its time'
  )
  t.equal(lines.length, 1)
})
