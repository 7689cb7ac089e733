import { join } from 'node:path'
import { activityArn, credentials, region } from '../../test/helpers/step-functions.ts'
import { cores } from '../parts/cores.ts'
import { launch } from '../parts/launch.ts'
import type { Launched } from '../parts/launch.ts'

/** A Step Functions in a process of its own. */
export interface StepFunctions extends Launched {
  endpoint: string
  /**
   * Starts so many executions that wait for an answer.
   * @returns their tokens
   */
  waiting: (count: number) => Promise<string[]>
  createActivity: (name: string) => Promise<string>
  /** Starts an execution of the activity for each record; it waits for the record's answer. */
  schedule: (activityArn: string, records: readonly string[]) => Promise<void>
  /** How often each operation was called, and how many polls were open at one time. */
  seen: () => Promise<Seen>
}

interface Seen {
  calls: Readonly<Record<string, number>>
  mostPolls: number
}

/** Each call takes `delayMs`. */
export async function startStepFunctions(delayMs: number): Promise<StepFunctions> {
  const started = await launch({
    name: 'Step Functions',
    command: [
      process.execPath,
      join(import.meta.dirname, '..', 'processes', 'step-functions.ts'),
      String(delayMs)
    ],
    cores: cores.upstream
  })
  const { endpoint } = Object(await control(started.url))
  return {
    ...started,
    endpoint: String(endpoint),
    waiting: async count => [await control(`${started.url}/tokens`, count)].flat().map(String),
    createActivity: async name =>
      String(await control(`${started.url}/activity`, activityArn.replace(/[^:]+$/, name))),
    schedule: async (activityArn, records) => {
      await control(`${started.url}/schedule`, { activityArn, records })
    },
    seen: async () => {
      const { calls, mostPolls } = Object(await control(started.url))
      return { calls: Object(calls), mostPolls: Number(mostPolls) }
    }
  }
}

/** The settings of the service, or of the plugin, for this Step Functions. */
export function awsSettings({
  endpoint
}: StepFunctions): Record<
  'aws_endpoint_url' | 'aws_region' | 'aws_access_key' | 'aws_secret_key',
  string
> {
  return {
    aws_endpoint_url: endpoint,
    aws_region: region,
    aws_access_key: credentials.accessKeyId,
    aws_secret_key: credentials.secretAccessKey
  }
}

/** The same settings, for the environment of the service. */
export function awsEnvironment(stepFunctions: StepFunctions): Record<string, string> {
  return Object.fromEntries(
    Object.entries(awsSettings(stepFunctions)).map(([key, value]) => [
      `STEPFUNCTION_${key.toUpperCase()}`,
      value
    ])
  )
}

async function control(url: string, body?: unknown): Promise<unknown> {
  return await (
    await fetch(url, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) })
  ).json()
}
