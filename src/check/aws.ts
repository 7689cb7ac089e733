import { pino } from 'pino'
import type { Settings } from '../config/config.ts'
import { createStepFunctions } from '../stepfunctions/clients.ts'
import { namedRegions } from '../stepfunctions/endpoints.ts'
import { keyPair } from '../stepfunctions/key-pair.ts'
import { ok, warning, wrong, type CheckResult } from './result.ts'

/** Looks for credentials, and whether Step Functions can be reached where the settings say. */
export async function checkAws(
  { aws, activities, allowedArns }: Settings,
  timeoutMs: number
): Promise<CheckResult[]> {
  const stepFunctions = createStepFunctions({
    timeoutMs,
    endpoint: aws.endpointUrl,
    credentials: keyPair(aws)
  })
  const regions = namedRegions({ region: aws.region, activities, allowedArns })
  const health = await stepFunctions
    .health({ endpoint: aws.endpointUrl, regions, log: pino({ level: 'silent' }) })
    .check()
  stepFunctions.close()
  const where = aws.endpointUrl ?? regions.join(', ')
  return [
    health.credentials
      ? ok('There are AWS credentials. (Whether AWS takes them shows only with an answer.)')
      : wrong(
          'There are no AWS credentials: ' +
            'set aws_access_key and aws_secret_key, or give this process a role.'
        ),
    ...(where === ''
      ? [warning('The settings name no AWS region, so none was looked at.')]
      : [
          health.endpoint
            ? ok(`Step Functions can be reached: ${where}.`)
            : wrong(`Step Functions cannot be reached: ${where}.`)
        ])
  ]
}
