import { pino } from 'pino'
import t from 'tap'
import { Heartbeats } from '../../src/answer/heartbeats.ts'
import { KintoSession } from '../../src/kinto/session.ts'
import { createUpstream } from '../../src/kinto/upstream.ts'
import { createStepFunctions } from '../../src/stepfunctions/clients.ts'
import { startKinto } from '../helpers/kinto.ts'
import { activityArn, as, collection, startAll, stateMachineArn } from '../helpers/service.ts'
import { credentials, region, startStepFunctions } from '../helpers/step-functions.ts'

const path = `/v1${collection}/records?has_heartbeatSeconds=true&exclude_status=SUCCEED,FAIL&_fields=taskToken,heartbeatSeconds,stateMachineArn,activityArn,executionArn`

t.test('pending records that say heartbeatSeconds get heartbeats', async t => {
  const all = await startAll(t, { env: { KINTO_AUTHORIZATION: as('workflow'), RESOURCES: collection } })
  const [alive, dead] = [all.sfn.waitCallback(), all.sfn.waitCallback()]
  all.sfn.expire(dead.taskToken)
  const list = JSON.stringify({
    data: [
      { id: 'a', heartbeatSeconds: 15, stateMachineArn, taskToken: alive.taskToken },
      { id: 'b', heartbeatSeconds: 30, stateMachineArn, taskToken: dead.taskToken },
      { id: 'c', heartbeatSeconds: 30, activityArn },
      { id: 'd', heartbeatSeconds: 30, taskToken: 'T', stateMachineArn: 'none' },
      { id: 'e', heartbeatSeconds: 'often', stateMachineArn, taskToken: 'T' }
    ]
  })
  all.kinto.fault({ method: 'GET', path }, (_request, response) => { response.end(list) })
  all.service.begin()
  while (all.sfn.callsOf('SendTaskHeartbeat').length < 3) await all.sfn.called('SendTaskHeartbeat')
  await all.service.stop()
  t.same(all.sfn.callsOf('SendTaskHeartbeat').map(({ input }) => String(input['taskToken'])).toSorted(), [alive.taskToken, alive.taskToken, dead.taskToken].toSorted(), 'and a dead token no second one')
})

t.test('held tokens get them too; what goes wrong is logged without a token', async t => {
  const [kinto, sfn] = await Promise.all([startKinto(t), startStepFunctions(t)])
  const upstream = createUpstream({ origin: kinto.url, timeoutMs: 1_000 })
  const stepFunctions = createStepFunctions({ endpoint: sfn.url, credentials, timeoutMs: 1_000 })
  const log: string[] = []
  const { taskToken } = sfn.waitCallback()
  const held = { taskToken, activityArn, region, version: 'v1', takenAt: 0, named: { uris: new Map(), ids: new Set<string>() } }
  const own = () => new KintoSession({ dispatcher: upstream.dispatcher, origin: kinto.url, timeoutMs: 1_000 }, [], () => 1_000)
  const start = () => {
    const heartbeats = new Heartbeats({
      own, stepFunctions, resources: [{ bucket: 'stepfunction' }], policy: { allowedArns: [], region }, held: () => [{ ...held, heartbeatSeconds: 60 }, held],
      log: pino({}, { write: (line: string) => { log.push(line) } })
    })
    heartbeats.start()
    return heartbeats
  }
  const first = sfn.called('SendTaskHeartbeat')
  const beating = start()
  await first
  await beating.stop()
  t.equal(sfn.callsOf('SendTaskHeartbeat').length, 1)
  t.same(log, [])

  sfn.fault('SendTaskHeartbeat', 'AccessDeniedException')
  await start().stop()
  t.match(log.join(''), /a heartbeat could not be sent/)

  kinto.fault({ method: 'GET' }, 'reset')
  await start().stop()
  t.match(log.join(''), /could not be read/)
  t.notMatch(log.join(''), taskToken)
  stepFunctions.close()
  await upstream.close()
})
