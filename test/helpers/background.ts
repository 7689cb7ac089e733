import type { Test } from 'tap'
import { OverNotes } from '../../src/answer/record/over-notes.ts'
import { Heartbeats } from '../../src/answer/rounds/heartbeats.ts'
import { UndecidedStatuses } from '../../src/answer/rounds/undecided.ts'
import { RecordWatch, type Look } from '../../src/answer/rounds/watch.ts'
import { Seals } from '../../src/seal/seals.ts'
import { startKinto } from './kinto.ts'
import { createParts } from './parts.ts'
import { collection, stateMachineArn } from './service.ts'
import { region, startStepFunctions } from './step-functions.ts'

const uri = (id: string): string => `${collection}/records/${id}`

/** What the service does by itself, part by part, on a scripted Kinto and Step Functions. */
export async function startBackground(
  t: Test,
  { sealing = true, timeoutMs }: { sealing?: boolean; timeoutMs?: number } = {}
) {
  const [kinto, sfn] = await Promise.all([startKinto(t), startStepFunctions(t)])
  kinto.store.collections.set(collection, { write: ['account:workflow'] })
  const seals = new Seals(Buffer.alloc(32, 1))
  const {
    session: serviceAccount,
    stepFunctions,
    reader,
    log,
    lines
  } = createParts(t, { kinto, sfn, seals: sealing ? seals : undefined, timeoutMs })
  const watch = new RecordWatch({
    reader,
    seals: sealing,
    resources: [{ bucket: 'stepfunction', collection: 'steps' }],
    log
  })
  const overNotes = new OverNotes({ serviceAccount, reader, log })
  const heartbeats = new Heartbeats({
    stepFunctions,
    reader,
    overNotes,
    unsavedTasks: () => [],
    log
  })
  let takenBack = 0
  const undecided = new UndecidedStatuses({
    serviceAccount,
    stepFunctions,
    reader,
    observe: () => {
      takenBack += 1
    },
    log
  })
  t.teardown(() => undecided.stop())
  const look = async (): Promise<Look[]> => await watch.look(serviceAccount())
  return {
    kinto,
    sfn,
    seals,
    lines,
    undecided,
    overNotes,
    uri,
    look,
    /** Whether the log has such a message. */
    said: (message: RegExp): boolean => lines.some(({ msg }) => message.test(String(msg))),
    takenBack: (): number => takenBack,
    data: (id: string): Record<string, unknown> => kinto.store.records.get(uri(id))?.data ?? {},
    put(id: string, fields: object): void {
      kinto.store.put(uri(id), { ...fields })
    },
    change(id: string, fields: object): void {
      kinto.store.put(uri(id), { ...kinto.store.records.get(uri(id))?.data, ...fields })
    },
    /**
     * Writes a sealed question into a record. Its step waits.
     * @returns the token of the step
     */
    asked(
      id: string,
      { heartbeatSeconds, ...others }: { heartbeatSeconds?: number } & Record<string, unknown> = {}
    ): string {
      const { taskToken } = sfn.waitCallback()
      const record = { subject: 'Sign off?', stateMachineArn }
      kinto.store.put(uri(id), {
        ...record,
        taskToken: seals.sealQuestion(uri(id), {
          taskToken,
          fromActivity: false,
          region,
          heartbeatSeconds,
          record,
          openFields: []
        }),
        ...others
      })
      return taskToken
    },
    /**
     * One round of heartbeats.
     * @returns the tokens that got one
     */
    async beat(): Promise<unknown[]> {
      const before = sfn.callsOf('SendTaskHeartbeat').length
      for (const seen of await look()) heartbeats.note(seen)
      await heartbeats.send()
      return sfn
        .callsOf('SendTaskHeartbeat')
        .slice(before)
        .map(({ input }) => input['taskToken'])
    },
    /** One round over statuses: begins to take back those that nobody decided. */
    async takeBack(): Promise<void> {
      for (const seen of await look()) undecided.note(seen)
    }
  }
}
