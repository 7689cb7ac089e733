import { pino, type Logger } from 'pino'
import type { Test } from 'tap'
import { RecordReader } from '../../src/answer/record/reader.ts'
import { KintoSession } from '../../src/kinto/session.ts'
import { createUpstream } from '../../src/kinto/upstream.ts'
import type { Seals } from '../../src/seal/seals.ts'
import { createStepFunctions, type StepFunctions } from '../../src/stepfunctions/clients.ts'
import { as } from './service.ts'
import { credentials, region } from './step-functions.ts'

export interface Parts {
  /** A session of the account `workflow`. */
  session: () => KintoSession
  stepFunctions: StepFunctions
  reader: RecordReader
  log: Logger
  /** The lines of the log. */
  lines: Record<string, unknown>[]
}

// Nobody listens there.
const nowhere = { url: 'http://127.0.0.1:1' }

/** What the parts of the service stand on, for tests of one part alone. */
export function createParts(
  t: Test,
  {
    kinto = nowhere,
    sfn = nowhere,
    seals,
    timeoutMs = 9_000
  }: {
    kinto?: { url: string }
    sfn?: { url: string }
    seals?: Seals | undefined
    /** Of Kinto. */
    timeoutMs?: number | undefined
  } = {}
): Parts {
  const origin = kinto.url
  const upstream = createUpstream({ origin, timeoutMs })
  const stepFunctions = createStepFunctions({ endpoint: sfn.url, credentials, timeoutMs: 9_000 })
  t.teardown(async () => {
    stepFunctions.close()
    await upstream.close()
  })
  const lines: Record<string, unknown>[] = []
  const write = (line: string): void => {
    lines.push(JSON.parse(line))
  }
  return {
    session: () =>
      new KintoSession(
        { dispatcher: upstream.dispatcher, origin, timeoutMs },
        ['Authorization', as('workflow')],
        () => timeoutMs
      ),
    stepFunctions,
    reader: new RecordReader({
      policy: { allowedArns: [], region },
      seals,
      sealRequired: [],
      observe() {}
    }),
    log: pino({}, { write }),
    lines
  }
}
