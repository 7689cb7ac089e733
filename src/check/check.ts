import { insecurities } from '../config/insecure.ts'
import type { Settings } from '../config/config.ts'
import { KintoSession } from '../kinto/session.ts'
import { createUpstream } from '../kinto/upstream.ts'
import { reasonOf } from '../log.ts'
import { checkAccount } from './account.ts'
import { checkAws } from './aws.ts'
import { checkCollections } from './collections.ts'
import { checkFields } from './fields.ts'
import { checkKinto } from './kinto.ts'
import { warning, wrong, type CheckResult } from './result.ts'
import { checkReviewers } from './reviewers.ts'
import { checkSeals } from './seals.ts'

// Nobody waits longer for a check.
const timeoutMs = 5_000

type Look = (session: KintoSession, settings: Settings) => Promise<CheckResult[]>

const account: [string, Look] = ["The service's own account", checkAccount]
const contents: [string, Look][] = [
  ['The number of collections', checkCollections],
  ['What is sealed', checkSeals],
  ['Who is asked', checkReviewers],
  ['The fields of the records', checkFields]
]

/** Looks whether the service could work with these settings. Changes nothing in Kinto or in AWS. */
export async function check(settings: Settings): Promise<CheckResult[]> {
  return [
    ...(await lookAtKinto(settings, [account, ...contents])),
    ...(await checkAws(settings, timeoutMs)),
    ...insecurities(settings).map(warning)
  ]
}

/**
 * What keeps the service from its work, for the log when it starts: a part of `check` that costs
 * Kinto a few requests.
 */
export async function obstacles(settings: Settings): Promise<string[]> {
  const found = await Promise.all([lookAtKinto(settings, [account]), checkAws(settings, timeoutMs)])
  return found.flat().flatMap(({ level, text }) => (level === 'wrong' ? [text] : []))
}

/** Looks at Kinto, and then, with the service's own account, at what is in it. */
async function lookAtKinto(
  settings: Settings,
  looks: readonly [subject: string, look: Look][]
): Promise<CheckResult[]> {
  const { kintoUrl: origin, kintoAuthorization } = settings
  const upstream = createUpstream({ origin, timeoutMs, ca: settings.kintoCa?.certificates })
  const server = { dispatcher: upstream.dispatcher, origin, timeoutMs }
  try {
    const results = await attempt(`Kinto at ${origin}`, () => checkKinto(server))
    if (kintoAuthorization === undefined || results.some(({ level }) => level === 'wrong'))
      return results
    const headers = ['Authorization', kintoAuthorization]
    const session = new KintoSession(server, headers, () => timeoutMs)
    for (const [subject, look] of looks)
      results.push(...(await attempt(subject, () => look(session, settings))))
    return results
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
