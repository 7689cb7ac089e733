import type { FastifyBaseLogger } from 'fastify'
import type { Metrics } from './admin/metrics.ts'
import { Activities } from './answer/activities/activities.ts'
import { Answers } from './answer/answers.ts'
import { Backlog } from './answer/backlog.ts'
import { Heartbeats } from './answer/rounds/heartbeats.ts'
import { RecordReader } from './answer/record/reader.ts'
import type { Reading } from './answer/record/reading.ts'
import { Rounds } from './answer/rounds/rounds.ts'
import { UndecidedStatuses } from './answer/rounds/undecided.ts'
import { RecordWatch } from './answer/rounds/watch.ts'
import { Asks } from './ask/asks.ts'
import type { Settings } from './config/config.ts'
import { Callers } from './kinto/callers.ts'
import { KintoSession, type Kinto } from './kinto/session.ts'
import { createUpstream, type Upstream } from './kinto/upstream.ts'
import { Seals } from './seal/seals.ts'
import { createStepFunctions, type StepFunctions } from './stepfunctions/clients.ts'
import { namedRegions } from './stepfunctions/endpoints.ts'
import type { Health } from './stepfunctions/health.ts'

/** What the service is made of, behind its listeners. */
export interface Parts {
  /** For answers, questions and the background: connections that nothing else can take. */
  kinto: Kinto
  /** For all else that goes to Kinto. */
  sharedKinto: Kinto
  /** Ends all connections to Kinto. */
  closeKinto: () => Promise<void>
  stepFunctions: StepFunctions
  health: Health
  reader: RecordReader
  callers: Callers
  answers: Answers
  asks: Asks
  activities: Activities
  backlog: Backlog
  /** Undefined without a service account. */
  rounds: Rounds | undefined
}

// Requests for answers and questions are short, and none carries a client's body. So these are
// enough for hundreds of answers a second.
const ownConnections = 16

// A silent Kinto must not hold up the heartbeats that steps wait for.
const roundMs = 5_000

/** Makes the parts from the settings. Nothing is sent yet. */
export function createParts(settings: Settings, metrics: Metrics, log: FastifyBaseLogger): Parts {
  const { resources, kintoAuthorization, sealRequired, aws } = settings
  const timeoutMs = settings.kintoTimeoutSeconds * 1000
  const connect = (connections: number): Upstream =>
    createUpstream({
      origin: settings.kintoUrl,
      timeoutMs,
      connections,
      ca: settings.kintoCa?.certificates,
      observe: metrics.upstreamAnswered
    })
  const own = connect(ownConnections)
  const shared = connect(settings.kintoConnections)
  const kinto = { dispatcher: own.dispatcher, origin: settings.kintoUrl, timeoutMs }
  const sharedKinto = { ...kinto, dispatcher: shared.dispatcher }
  const closeKinto = async (): Promise<void> => {
    await Promise.all([own.close(), shared.close()])
  }
  const stepFunctions = connectAws(settings, metrics)
  const regions = namedRegions({
    region: aws.region,
    activities: settings.activities,
    allowedArns: settings.allowedArns
  })
  const health = stepFunctions.health({ endpoint: aws.endpointUrl, regions, log })
  const serviceAccount =
    kintoAuthorization === undefined
      ? undefined
      : (timeLeft = timeoutMs) =>
          new KintoSession(kinto, ['Authorization', kintoAuthorization], () => timeLeft)

  const policy = { allowedArns: settings.allowedArns, region: aws.region }
  const seals = settings.sealSecrets === undefined ? undefined : new Seals(...settings.sealSecrets)
  if (seals !== undefined)
    log.info({ keyIds: seals.keyIds }, 'questions are sealed with the first of these keys')
  const observe = ({ ref, tokenField, changed }: Reading): void => {
    metrics.recordRead(changed.length > 0 ? 'changed' : tokenField.kind)
    if (tokenField.kind === 'unknown key')
      log.warn(
        { ref, keyId: tokenField.keyId },
        'a question was sealed with a secret that is not in stepfunction.seal_secret'
      )
  }
  const rules = { policy, seals, observe }
  const reader = new RecordReader({ ...rules, sealRequired })
  const waitMs = settings.activityWaitSeconds * 1000
  const activities = new Activities({
    polls: stepFunctions.polls,
    stepFunctions,
    reader,
    serviceAccount,
    resources,
    waitMs,
    log
  })
  const backlog = new Backlog({ serviceAccount, reader, log })
  const callers = new Callers()
  const answers = new Answers({
    callers,
    stepFunctions,
    activities,
    backlog,
    reader,
    serviceAuthorization: kintoAuthorization,
    log
  })
  // A question can be asked over one that has no seal, also where a seal is required.
  const anywhere = new RecordReader({ ...rules, sealRequired: [] })
  const asks = new Asks({
    callers,
    reader: anywhere,
    seals,
    sealRequired,
    policy,
    stepFunctions,
    log
  })
  const rounds =
    serviceAccount === undefined
      ? undefined
      : new Rounds({
          serviceAccount: () => serviceAccount(roundMs),
          watch: new RecordWatch({ reader, seals: seals !== undefined, resources, log }),
          heartbeats: new Heartbeats({
            stepFunctions,
            reader,
            unsavedTasks: () => activities.unsaved(),
            log
          }),
          undecided: new UndecidedStatuses({
            serviceAccount,
            stepFunctions,
            reader,
            observe: metrics.statusTakenBack,
            log
          })
        })
  return {
    kinto,
    sharedKinto,
    closeKinto,
    stepFunctions,
    health,
    reader,
    callers,
    answers,
    asks,
    activities,
    backlog,
    rounds
  }
}

function connectAws({ aws, awsTimeoutSeconds }: Settings, metrics: Metrics): StepFunctions {
  const { accessKey: accessKeyId, secretKey: secretAccessKey } = aws
  return createStepFunctions({
    observe: metrics.awsCalled,
    timeoutMs: awsTimeoutSeconds * 1000,
    endpoint: aws.endpointUrl,
    credentials:
      accessKeyId === undefined || secretAccessKey === undefined
        ? undefined
        : { accessKeyId, secretAccessKey }
  })
}
