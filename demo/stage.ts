import { randomBytes } from 'node:crypto'
import { credentials, prepareWorkflows, region, startExecution, workflows } from './aws.ts'
import type { Workflow } from './aws.ts'
import { accounts, authorization, collection, findManualStep, prepareKinto } from './kinto.ts'
import type { Emulator } from './parts/emulator.ts'
import { startEmulator } from './parts/emulator.ts'
import type { Kinto } from './parts/kinto.ts'
import { startKinto } from './parts/kinto.ts'
import { ensurePython, hasParts } from './parts/python.ts'
import { untilReady } from './parts/ready.ts'
import type { Service, ServiceOptions } from './parts/service.ts'
import { startService } from './parts/service.ts'
import { plan } from './plan.ts'
import { say, step } from './say.ts'

export interface StageOptions {
  /** Any free ones by default. */
  ports?: { kinto: number; emulator: number; listen: number; adminListen: number }
  service?: Omit<ServiceOptions, 'env'>
}

export interface Stage {
  kinto: Kinto
  emulator: Emulator
  service: Service
  stateMachines: Record<Workflow, string>
}

/** An execution that waits for alice. */
export interface Question {
  workflow: Workflow
  executionArn: string
  recordUrl: string
}

/** Starts Kinto, the emulator and the service, and fills them, printing each step. */
export async function setStage({ ports, service: options }: StageOptions = {}): Promise<Stage> {
  if (!hasParts()) await step('Installing Kinto and MiniStack (once, 20 s)', ensurePython)
  const kinto = await step(
    'Kinto, unmodified, in memory',
    () =>
      startKinto({
        ...(ports && { port: ports.kinto }),
        // Without it Kinto ignores the collection's schema
        settings: { 'kinto.experimental_collection_schema_validation': 'true' }
      }),
    at
  )
  const emulator = await step(
    'MiniStack, in place of AWS',
    () => startEmulator(ports && { port: ports.emulator }),
    at
  )
  await step(
    'Accounts, bucket, collection',
    () => prepareKinto(kinto.url),
    () => Object.keys(accounts).join(', ')
  )
  const service = await step(
    'kinto-stepfunction, in front of Kinto',
    () =>
      startService({
        ...options,
        env: {
          ...(ports && {
            STEPFUNCTION_LISTEN: `127.0.0.1:${ports.listen}`,
            STEPFUNCTION_ADMIN_LISTEN: `127.0.0.1:${ports.adminListen}`
          }),
          STEPFUNCTION_KINTO_URL: kinto.url,
          STEPFUNCTION_KINTO_AUTHORIZATION: authorization('stepfunction'),
          // Nothing that waits here outlives this Kinto, so the secret need not either
          STEPFUNCTION_SEAL_SECRET: randomBytes(32).toString('hex'),
          STEPFUNCTION_SEAL_REQUIRED: '/buckets/stepfunction',
          STEPFUNCTION_AWS_ENDPOINT_URL: emulator.url,
          STEPFUNCTION_AWS_REGION: region,
          STEPFUNCTION_AWS_ACCESS_KEY: credentials.accessKeyId,
          STEPFUNCTION_AWS_SECRET_KEY: credentials.secretAccessKey
        }
      }),
    at
  )
  const stateMachines = await step(
    'Lambda, activity, two state machines',
    () =>
      prepareWorkflows(emulator.url, {
        KINTO_COLLECTION: `${service.url}${collection}`,
        KINTO_AUTHORIZATION: authorization('workflow')
      }),
    machines => Object.keys(machines).join(', ')
  )
  return { kinto, emulator, service, stateMachines }
}

/**
 * Starts one execution of each state machine, waits for their records, and prints how to answer
 * the questions.
 */
export async function ask({ emulator, service, stateMachines }: Stage): Promise<Question[]> {
  const questions: Question[] = []
  for (const workflow of workflows) {
    const executionArn = await startExecution(
      emulator.url,
      stateMachines[workflow],
      `Please review the add-on (${workflow})`
    )
    const { id } = await step(
      `Execution of the ${workflow} workflow`,
      () => untilReady(service, () => findManualStep(service.url, executionArn)),
      () => 'waits for alice'
    )
    questions.push({
      workflow,
      executionArn,
      recordUrl: `${service.url}${collection}/records/${id}`
    })
  }
  for (const { workflow, recordUrl } of questions) {
    say(`\nThe ${workflow} workflow asks in\n  ${recordUrl}\n${plan[workflow].invitation}`)
    say(
      `  curl -u alice:${accounts.alice} -H 'Content-Type: application/json' ` +
        `-d '${JSON.stringify(plan[workflow].answer)}' ${recordUrl}/stepfunction`
    )
  }
  return questions
}

/** @throws when the service ends by itself; a signal ends it together with the demo. */
export async function untilGone({ service }: Stage): Promise<never> {
  await service.exited
  throw new Error('The service is gone.')
}

function at({ url }: { url: string }): string {
  return url
}
