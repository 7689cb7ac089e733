import { insecurities } from '../config/insecure.ts'
import type { Settings } from '../config/config.ts'
import { KintoSession } from '../kinto/session.ts'
import { createUpstream } from '../kinto/upstream.ts'
import { checkAccount } from './account.ts'
import { checkAws } from './aws.ts'
import { checkKinto } from './kinto.ts'
import { wrong, type CheckResult } from './result.ts'
import { checkSeals } from './seals.ts'

// Nobody waits longer for a check.
const timeoutMs = 5_000

/** Looks whether the service could work with these settings. Changes nothing in Kinto or in AWS. */
export async function check(settings: Settings): Promise<CheckResult[]> {
  const upstream = createUpstream({
    origin: settings.kintoUrl,
    timeoutMs,
    ca: settings.kintoCa?.certificates
  })
  const server = { dispatcher: upstream.dispatcher, origin: settings.kintoUrl, timeoutMs }
  try {
    const { kintoUrl, kintoAuthorization } = settings
    const kinto = await attempt(`Kinto at ${kintoUrl}`, () => checkKinto(server))
    const unasked = kintoAuthorization === undefined || kinto.some(({ level }) => level === 'wrong')
    const session = unasked
      ? undefined
      : new KintoSession(server, ['Authorization', kintoAuthorization], () => timeoutMs)
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
      ...(await checkAws(settings, timeoutMs)),
      ...insecurities(settings).map((text): CheckResult => ({ level: 'warning', text }))
    ]
  } finally {
    await upstream.close()
  }
}

/** A check that cannot be made is a result as well. */
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
