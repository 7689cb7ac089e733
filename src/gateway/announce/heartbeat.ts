import type { KintoResponse } from '../../kinto/client.ts'
import { openHeaders } from '../../kinto/cors.ts'
import type { HealthState } from '../../stepfunctions/health.ts'
import { editJson } from './edit-json.ts'
import { jsonReply, kintoReply, type Reply } from '../http/reply.ts'

/**
 * Kinto's heartbeat with one more entry, as a plugin has in `registry.heartbeats`. The status is
 * 503 when any entry is false (`kinto/core/views/heartbeat.py`). Where Kinto's own heartbeat is
 * missing (no response, or one that is no heartbeat), `kinto` is false. A response with any other
 * status than 200 and 503 stays as it is.
 */
export function heartbeatReply(
  response: KintoResponse | undefined,
  { credentials, endpoint }: HealthState
): Reply {
  const stepfunction = credentials && endpoint
  if (response === undefined) return jsonReply(503, openHeaders, { stepfunction, kinto: false })
  if (response.status !== 200 && response.status !== 503) return kintoReply(response)
  const body = editJson(response.body, checks =>
    // Kinto's errors have the status 503 too.
    Object.hasOwn(checks, 'errno') ? undefined : { ...checks, stepfunction }
  )
  if (body === undefined) return heartbeatReply(undefined, { credentials, endpoint })
  const isIll = Object.values(JSON.parse(body.toString())).includes(false)
  return { ...kintoReply(response), status: isIll ? 503 : response.status, body }
}
