import { peerCommand } from '../contenders/contenders.ts'
import { startService } from '../contenders/service.ts'
import { cores } from '../parts/cores.ts'
import { launch } from '../parts/launch.ts'
import type { Launched } from '../parts/launch.ts'
import type { Postgres } from '../../demo/parts/postgres.ts'
import { startKinto } from '../upstreams/kinto.ts'
import { startDatabase } from '../upstreams/postgres.ts'
import { authorization, seed } from '../upstreams/seed.ts'
import { awsEnvironment, awsSettings, startStepFunctions } from '../upstreams/step-functions.ts'
import type { StepFunctions } from '../upstreams/step-functions.ts'

export interface Stage {
  database: Postgres
  kinto: Launched
  stepFunctions: StepFunctions
  /** In front of `kinto`. */
  service: Launched
  /** A Kinto on the same database that answers by itself. */
  plugin: Launched
  /** Stands in the service's place and makes its calls, but does nothing else. */
  calls: Launched
}

/** Starts everything that can answer a record, each in a process of its own. */
export async function setStage(stepFunctionsMs: number): Promise<Stage> {
  const [database, stepFunctions] = await Promise.all([
    startDatabase(),
    startStepFunctions(stepFunctionsMs)
  ])
  const kinto = await startKinto({ database: database.url })
  await seed(kinto.url)
  const plugin = await startKinto({ database: database.url, plugin: awsSettings(stepFunctions) })
  const calls = await launch({
    name: 'the calls alone',
    cores: cores.proxy,
    ...peerCommand('bare-answer.ts', kinto.url, stepFunctions.endpoint)
  })
  return {
    database,
    kinto,
    stepFunctions,
    plugin,
    calls,
    service: await startAnswering(kinto.url, stepFunctions)
  }
}

/** Starts the service as in production: with a Kinto account of its own. */
export async function startAnswering(
  kinto: string,
  stepFunctions: StepFunctions,
  env: Readonly<Record<string, string>> = {}
): Promise<Launched> {
  return await startService(kinto, cores.proxy, {
    STEPFUNCTION_KINTO_AUTHORIZATION: authorization('stepfunction'),
    ...awsEnvironment(stepFunctions),
    ...env
  })
}
