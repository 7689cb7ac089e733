import type { StepFunctionsSettings } from './sdk.ts'

/** The keys of the settings as the SDK wants them. Undefined without both: it then looks itself. */
export function keyPair({
  accessKey: accessKeyId,
  secretKey: secretAccessKey
}: {
  accessKey?: string
  secretKey?: string
}): StepFunctionsSettings['credentials'] {
  return accessKeyId === undefined || secretAccessKey === undefined
    ? undefined
    : { accessKeyId, secretAccessKey }
}
