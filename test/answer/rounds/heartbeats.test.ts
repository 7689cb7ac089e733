import { pino } from 'pino'
import t from 'tap'
import { Heartbeats } from '../../../src/answer/rounds/heartbeats.ts'
import { RecordReader } from '../../../src/answer/record/reader.ts'
import { createStepFunctions } from '../../../src/stepfunctions/clients.ts'
import { activityArn, as, collection, startAll, stateMachineArn } from '../../helpers/service.ts'
import { credentials, region, startStepFunctions } from '../../helpers/step-functions.ts'

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
  put('a', { heartbeatSeconds: seconds(15), stateMachineArn, taskToken: alive.taskToken })
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
  const stepFunctions = createStepFunctions({ endpoint: sfn.url, credentials, timeoutMs: 1_000 })
  const log: string[] = []
  const { taskToken } = sfn.waitCallback()
  const unsaved = {
    taskToken,
    activityArn,
    region,
    version: 'v1',
    takenAt: 0,
    named: { uris: new Map(), ids: new Set<string>(), seals: new Set<string>() }
  }
  const reader = new RecordReader({
    policy: { allowedArns: [], region },
    seals: undefined,
    sealRequired: [],
    observe() {}
  })
  const heartbeats = new Heartbeats({
    stepFunctions,
    reader,
    unsavedTasks: () => [{ ...unsaved, heartbeatSeconds: 60 }, unsaved],
    log: pino(
      {},
      {
        write: (line: string) => {
          log.push(line)
        }
      }
    )
  })
  sfn.fault('SendTaskHeartbeat', 'AccessDeniedException')
  await heartbeats.send()
  t.match(log, [/a heartbeat could not be sent/])
  t.notMatch(log.join(''), taskToken)
  await heartbeats.send()
  await heartbeats.send()
  t.equal(
    sfn.callsOf('SendTaskHeartbeat').length,
    2,
    'what failed is tried again at once, what went well in its time'
  )
  t.equal(log.length, 1)
  stepFunctions.close()
})
