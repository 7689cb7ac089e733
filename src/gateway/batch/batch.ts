import type { Log } from '../../log.ts'
import { jsonObject, KintoRefusal, type KintoResponse } from '../../kinto/client.ts'
import { openHeaders } from '../../kinto/cors.ts'
import { tooLarge, unavailable } from '../../kinto/errors.ts'
import { followUp } from '../../kinto/follow-up.ts'
import { isJsonObject } from '../../kinto/json.ts'
import { rootPath } from '../../kinto/paths.ts'
import { KintoSession } from '../../kinto/session.ts'
import type { SubResource } from '../classify.ts'
import { errorReply, jsonReply, type Reply } from '../http/reply.ts'
import { entryOf, type Entry } from './entry.ts'
import { planBatch, type Part, type Plan } from './plan.ts'
import { sendRun, type BatchOptions, type BatchRequest, type RunOutcome } from './run.ts'
import { carryOutOurs } from './ours.ts'
import { shownPath } from './sub-request.ts'

// Where a batch is taken apart, numbers keep their literal text. For a MiB of nothing but numbers
// that takes a second.
const maxBytes = 1024 * 1024

/**
 * Carries out a batch with requests for sub-resources in it, in order. The requests between these
 * go to Kinto as batches of their own. Each of those is a transaction: the whole batch is not.
 * Never throws. Undefined: nothing was done, and the batch should be forwarded unchanged. Kinto
 * refuses it as a whole, or it cannot be taken apart.
 */
export async function runBatch(
  body: Buffer,
  targets: readonly (SubResource | undefined)[],
  batch: BatchRequest,
  options: BatchOptions
): Promise<Reply | undefined> {
  const session = new KintoSession(options.sharedKinto, batch.headers, batch.timeLeft)
  try {
    const rootView = await session.get(rootPath(batch.version))
    return await followUp(rootView, async () => {
      // Before the defaults are merged in: 1 MiB has room for 80,000 requests and large defaults.
      if (isRefused(rootView, targets.length)) return undefined
      if (body.length > maxBytes) throw tooLarge(maxBytes)
      const plan = planBatch(body, targets)
      return plan === undefined ? undefined : await carryOut(plan, batch, options)
    })
  } catch (error) {
    return errorReply(error, openHeaders, batch.log)
  }
}

/**
 * Whether Kinto would refuse a batch of this size now (`kinto/core/views/batch.py`, and read-only
 * mode).
 * @throws KintoRefusal, KintoUnreachable
 */
function isRefused(rootView: KintoResponse, size: number): boolean {
  if (rootView.status !== 200) throw new KintoRefusal(rootView)
  const { settings } = jsonObject(rootView)
  const { readonly, batch_max_requests: limit } = isJsonObject(settings) ? settings : {}
  return (
    readonly === true ||
    (JSON.isRawJSON(limit) && Number(limit.rawJSON) > 0 && size > Number(limit.rawJSON))
  )
}

async function carryOut(
  { opening, rest }: Plan,
  batch: BatchRequest,
  options: BatchOptions
): Promise<Reply> {
  // Kinto has the first word, if only on an empty batch. While nothing was done yet, its refusal
  // is the whole response.
  const opened = await sendRun(opening, batch, options)
  if ('failed' in opened) return opened.failed
  const { entries, headers } = opened
  for (const [index, part] of rest.entries()) {
    const done = await carryOutPart(part, batch, options)
    if ('failed' in done) {
      // By now a decision may have been reported, so the response must not say that the whole batch
      // failed.
      const skipped = notExecuted('a previous request of the batch failed', batch.log)
      entries.push(
        ...entriesFor(part, done.failed, batch),
        ...rest.slice(index + 1).flatMap(skippedPart => entriesFor(skippedPart, skipped, batch))
      )
      break
    }
    entries.push(...done.entries)
  }
  return jsonReply(200, headers, { responses: entries })
}

async function carryOutPart(
  part: Part,
  batch: BatchRequest,
  options: BatchOptions
): Promise<RunOutcome> {
  if (batch.timeLeft() <= 0) return { failed: notExecuted('the batch took too long', batch.log) }
  if ('run' in part) return await sendRun(part.run, batch, options)
  return {
    entries: [await carryOutOurs(part.request, part.target, batch, options.subResources)],
    headers: []
  }
}

function entriesFor(part: Part, reply: Reply, { version }: BatchRequest): Entry[] {
  const requests = 'run' in part ? part.run : [part.request]
  return requests.map(request => entryOf(shownPath(request.path, version), request.method, reply))
}

function notExecuted(reason: string, log: Log): Reply {
  return errorReply(unavailable(`Not executed: ${reason}.`, { retryAfter: 3 }), [], log)
}
