import { pino } from 'pino'
import { collectionsOf } from '../kinto/resources.ts'
import { identify, mayWriteCollection } from '../kinto/permission.ts'
import type { Settings } from '../config/config.ts'
import { insecurities } from '../config/insecure.ts'
import { requestKinto, jsonObject } from '../kinto/client.ts'
import { headerValues } from '../kinto/headers.ts'
import { isJsonObject, type JsonObject } from '../kinto/json.ts'
import { apiVersion, recordPath, rootPath } from '../kinto/paths.ts'
import { KintoSession, type Kinto } from '../kinto/session.ts'
import { createUpstream } from '../kinto/upstream.ts'
import { createStepFunctions } from '../stepfunctions/clients.ts'
import { namedRegions } from '../stepfunctions/endpoints.ts'
import { ok, warning, wrong, type CheckResult } from './result.ts'
import { checkSeals } from './seals.ts'

// Nobody waits longer for a check.
const timeoutMs = 5_000

/** Looks whether the service could do its work with these settings. Nothing is changed, in Kinto or in AWS. */
export async function check(settings: Settings): Promise<CheckResult[]> {
  const upstream = createUpstream({
    origin: settings.kintoUrl,
    timeoutMs,
    ca: settings.kintoCa?.certificates
  })
  const server = { dispatcher: upstream.dispatcher, origin: settings.kintoUrl, timeoutMs }
  try {
    const { kintoUrl, kintoAuthorization } = settings
    const kinto = await attempt(`Kinto at ${kintoUrl}`, () => checkKinto(server, settings))
    const unasked = kintoAuthorization === undefined || kinto.some(({ level }) => level === 'wrong')
    const session = unasked ? undefined : sessionWith(server, ['Authorization', kintoAuthorization])
    const account =
      session === undefined
        ? []
        : await attempt("The service's own account", () => checkAccount(session, settings))
    const seals =
      session === undefined
        ? []
        : await attempt('What is sealed', () => checkSeals(session, settings))
    return [
      ...kinto,
      ...account,
      ...seals,
      ...(await checkAws(settings)),
      ...insecurities(settings).map((text): CheckResult => ({ level: 'warning', text }))
    ]
  } finally {
    await upstream.close()
  }
}

async function checkKinto(server: Kinto, { kintoUrl }: Settings): Promise<CheckResult[]> {
  const response = await sessionWith(server, []).get(rootPath(apiVersion))
  if (response.status !== 200)
    return [
      wrong(
        `What listens at ${kintoUrl} answers ${response.status} to ${rootPath(apiVersion)}: it is not Kinto, or Kinto is not well.`
      )
    ]
  const { project_version: version, settings, capabilities, url } = jsonObject(response)
  if (typeof version !== 'string' || !isJsonObject(capabilities))
    return [wrong(`What listens at ${kintoUrl} is not Kinto.`)]
  return [
    Number.parseInt(version, 10) < 6
      ? wrong(`Kinto ${version} is too old: 6 is needed, for its conditional PATCH.`)
      : ok(`Kinto ${version} answers at ${kintoUrl}.`),
    ...(isReadOnly(settings) ? [wrong('Kinto is read-only, so no answer can be recorded.')] : []),
    ...((await hasPatch(server))
      ? []
      : [
          wrong(
            'Kinto takes no PATCH of records, so no answer can be recorded: take kinto.object_record_patch_enabled = false out of its settings.'
          )
        ]),
    ...(Object.hasOwn(capabilities, 'stepfunction')
      ? [
          wrong(
            'Kinto still has the Python plugin stepfunction, which lets anybody answer: take it out of kinto.includes, and restart Kinto.'
          )
        ]
      : []),
    ...(typeof url === 'string' && new URL(url).host !== new URL(kintoUrl).host
      ? [
          warning(
            `Kinto says that it is at ${url} (kinto.http_host). That must be the public address of this service.`
          )
        ]
      : [])
  ]
}

/**
 * Kinto's records have no POST, and its 405 lists the methods that they have, whoever asks and whether there is such a record
 * or not (`kinto/core/cornice/pyramidhook.py`). A read-only Kinto lists none.
 */
async function hasPatch(server: Kinto): Promise<boolean> {
  const path = recordPath({ version: apiVersion, bucket: 'any', collection: 'any', record: 'any' })
  const response = await requestKinto(server.dispatcher, server.origin, {
    method: 'POST',
    path,
    headers: [],
    timeoutMs
  })
  return headerValues(response.headers, 'allow').every(methods => /\bPATCH\b/.test(methods))
}

async function checkAccount(
  session: KintoSession,
  { resources }: Settings
): Promise<CheckResult[]> {
  const { principal } = await identify(session, apiVersion)
  if (principal === 'system.Everyone')
    return [
      wrong(
        'Kinto does not know the account of stepfunction.kinto_authorization, or its password is another one.'
      )
    ]
  const places = await collectionsOf(session, apiVersion, resources)
  const rights = await Promise.all(
    places.map(async place => ({
      ...place,
      may: await mayWriteCollection(session, { ...place, version: apiVersion })
    }))
  )
  const empty = resources.filter(({ bucket }) => !places.some(place => place.bucket === bucket))
  return [
    ok(`The service's own account is ${principal}.`),
    ...rights.map(({ bucket, collection, may }) =>
      may
        ? ok(`It may write /buckets/${bucket}/collections/${collection}.`)
        : wrong(
            `It may not write /buckets/${bucket}/collections/${collection}, so answers there cannot be recorded by it: give it write.`
          )
    ),
    ...empty.map(({ bucket }) => warning(`It sees no collection in /buckets/${bucket}.`))
  ]
}

async function checkAws({ aws, activities, allowedArns }: Settings): Promise<CheckResult[]> {
  const credentials =
    aws.accessKey === undefined || aws.secretKey === undefined
      ? undefined
      : { accessKeyId: aws.accessKey, secretAccessKey: aws.secretKey }
  const stepFunctions = createStepFunctions({ timeoutMs, endpoint: aws.endpointUrl, credentials })
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
          'There are no AWS credentials: set aws_access_key and aws_secret_key, or give this process a role.'
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

function sessionWith(server: Kinto, headers: string[]): KintoSession {
  return new KintoSession(server, headers, () => timeoutMs)
}

/** What goes wrong on the way is a result as well. */
async function attempt(
  subject: string,
  look: () => Promise<CheckResult[]>
): Promise<CheckResult[]> {
  try {
    return await look()
  } catch (error) {
    return [wrong(`${subject} cannot be looked at: ${reasonOf(error)}`)]
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error && error.cause !== undefined
    ? `${error.message} ${reasonOf(error.cause)}`
    : String(error)
}

function isReadOnly(settings: unknown): boolean {
  return isJsonObject(settings) && (settings satisfies JsonObject)['readonly'] === true
}
