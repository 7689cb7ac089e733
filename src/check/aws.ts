import { pino } from 'pino'
import type { Settings } from '../config/config.ts'
import { createStepFunctions } from '../stepfunctions/clients.ts'
import { namedRegions } from '../stepfunctions/endpoints.ts'
import { keyPair } from '../stepfunctions/key-pair.ts'
import { ok, warning, wrong, type CheckResult } from './result.ts'

/** Looks for credentials, and whether Step Functions can be reached where the settings say. */
export async function checkAws(
  { aws, proxies, activities, allowedArns }: Settings,
  timeoutMs: number
): Promise<CheckResult[]> {
  const stepFunctions = createStepFunctions({
    timeoutMs,
    endpoint: aws.endpointUrl,
    proxies,
    credentials: keyPair(aws)
  })
  const regions = namedRegions({ region: aws.region, activities, allowedArns })
  const health = await stepFunctions
    .health({ endpoint: aws.endpointUrl, regions, log: pino({ level: 'silent' }) })
    .check()
  stepFunctions.close()
  const where = aws.endpointUrl ?? regions.join(', ')
  return [
    health.credentialsProblem === undefined
      ? ok('There are AWS credentials. (Whether AWS takes them shows only with an answer.)')
      : wrong(health.credentialsProblem),
    ...(where === ''
      ? [warning('The settings name no AWS region, so none was looked at.')]
      : [
          health.endpoint
            ? ok(`Step Functions can be reached: ${where}.`)
            : wrong(`Step Functions cannot be reached: ${where}.`)
        ])
  ]
}
