import type { KintoResponse } from './client.ts'
import { isJsonObject, parseJson } from './json.ts'
import { leadsToService, loopDetected } from './via.ts'

const hasPlugin =
  'Kinto still has the Python plugin stepfunction, which lets anybody answer: ' +
  'take it out of kinto.includes, and restart Kinto.'

/**
 * What is wrong with the server at `kinto_url`, told by its response to a GET of the root view.
 * Undefined when nothing is, or when it is no root view.
 */
export function wrongServer({ status, body }: KintoResponse): string | undefined {
  return status === loopDetected ? leadsToService : wrongServerOf(viewIn(body))
}

/**
 * The same by the root view, as a parsed value. Either may have the capability: that of the service
 * has `resources`, that of the Python plugin of 2017 has not.
 */
export function wrongServerOf(view: unknown): string | undefined {
  const capabilities = isJsonObject(view) ? view['capabilities'] : undefined
  if (!isJsonObject(capabilities) || !Object.hasOwn(capabilities, 'stepfunction')) return undefined
  const { stepfunction } = capabilities
  return isJsonObject(stepfunction) && Array.isArray(stepfunction['resources'])
    ? leadsToService
    : hasPlugin
}

function viewIn(body: Buffer): unknown {
  try {
    return parseJson(body.toString())
  } catch {
    return undefined
  }
}
