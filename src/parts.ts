import type { FastifyBaseLogger } from 'fastify'
import { Metrics } from './admin/metrics.ts'
import { Activities } from './answer/activities/activities.ts'
import { Answers } from './answer/answers.ts'
import { Backlog } from './answer/backlog.ts'
import { RecordReader } from './answer/record/reader.ts'
import { OverNotes } from './answer/record/over-notes.ts'
import type { Reading } from './answer/record/reading.ts'
import { Heartbeats } from './answer/rounds/heartbeats.ts'
import { Rounds } from './answer/rounds/rounds.ts'
import { UndecidedStatuses } from './answer/rounds/undecided.ts'
import { RecordWatch } from './answer/rounds/watch.ts'
import { Asks } from './ask/asks.ts'
import type { Settings } from './config/config.ts'
import { connectAws, connectKinto, type KintoConnections } from './connections.ts'
import { Forms } from './form/forms.ts'
import { RequestPipeline } from './gateway/http/pipeline.ts'
import { Collections } from './inbox/collections.ts'
import { Inbox } from './inbox/inbox.ts'
import { InboxNotes } from './inbox/notes.ts'
import { Callers } from './kinto/callers.ts'
import { KintoSession } from './kinto/session.ts'
import { Seals } from './seal/seals.ts'
import type { StepFunctions } from './stepfunctions/clients.ts'
import type { Health } from './stepfunctions/health.ts'

/** What the service is made of, behind its listeners. */
export interface Parts {
  metrics: Metrics
  /** The responses under way. */
  pipeline: RequestPipeline
  kinto: KintoConnections
  stepFunctions: StepFunctions
  health: Health
  reader: RecordReader
  callers: Callers
  answers: Answers
  asks: Asks
  inbox: Inbox
  activities: Activities
  backlog: Backlog
  forms: Forms
  overNotes: OverNotes
  /** Undefined without a service account. */
  rounds: Rounds | undefined
}

// A silent Kinto must not hold up the heartbeats that steps wait for.
const roundMs = 5_000

/** Makes the parts from the settings. Nothing is sent yet. */
export function createParts(settings: Settings, log: FastifyBaseLogger): Parts {
  const { resources, kintoAuthorization: serviceAuthorization, sealRequired } = settings
  const metrics = new Metrics()
  const pipeline = new RequestPipeline()
  const kinto = connectKinto(settings, metrics)
  const { stepFunctions, health } = connectAws(settings, metrics, log)
  const serviceAccount =
    serviceAuthorization === undefined
      ? undefined
      : (timeLeft = kinto.own.timeoutMs) =>
          new KintoSession(kinto.own, ['Authorization', serviceAuthorization], () => timeLeft)

  const policy = { allowedArns: settings.allowedArns, region: settings.aws.region }
  const seals = settings.sealSecrets === undefined ? undefined : new Seals(...settings.sealSecrets)
  if (seals !== undefined)
    log.info({ keyIds: seals.keyIds }, 'questions are sealed with the first of these keys')
  const rules = { policy, seals, observe: observer(metrics, log) }
  const reader = new RecordReader({ ...rules, sealRequired })
  // A question can be asked over one that has no seal, also where a seal is required.
  const anywhere = new RecordReader({ ...rules, sealRequired: [] })

  const activities = new Activities({
    polls: stepFunctions.polls,
    stepFunctions,
    reader,
    serviceAccount,
    resources,
    waitMs: settings.activityWaitSeconds * 1000,
    log
  })
  const backlog = new Backlog({ serviceAccount, reader, stepFunctions, log })
  const overNotes = new OverNotes({ serviceAccount, reader, log })
  const callers = new Callers()
  const forms = new Forms()
  const answers = new Answers({
    callers,
    forms,
    stepFunctions,
    activities,
    backlog,
    overNotes,
    reader,
    serviceAuthorization,
    log
  })
  const asks = new Asks({
    callers,
    forms,
    reader: anywhere,
    seals,
    sealRequired,
    policy,
    stepFunctions,
    log
  })
  const notes = new InboxNotes(log)
  const collections = new Collections({ resources, serviceAccount, notes })
  const inbox = new Inbox({ callers, collections, reader, notes })
  const rounds =
    serviceAccount === undefined
      ? undefined
      : new Rounds({
          serviceAccount: () => serviceAccount(roundMs),
          watch: new RecordWatch({ reader, seals: seals !== undefined, resources, log }),
          heartbeats: new Heartbeats({
            stepFunctions,
            reader,
            overNotes,
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
  metrics.measure({
    requestsInFlight: () => pipeline.size,
    pollsOpen: () => stepFunctions.polls.open,
    unsavedSince: () => activities.unsaved().map(({ takenAt }) => takenAt)
  })
  return {
    metrics,
    pipeline,
    kinto,
    stepFunctions,
    health,
    reader,
    callers,
    answers,
    asks,
    inbox,
    activities,
    backlog,
    forms,
    overNotes,
    rounds
  }
}

function observer(metrics: Metrics, log: FastifyBaseLogger): (reading: Reading) => void {
  return function observe({ ref, tokenField, changed }) {
    metrics.recordRead(changed.length > 0 ? 'changed' : tokenField.kind)
    if (tokenField.kind === 'unknown key')
      log.warn(
        { ref, keyId: tokenField.keyId },
        'a question was sealed with a secret that is not in stepfunction.seal_secret'
      )
  }
}
