import type { RecordWrite } from '../../answer/guarded.ts'
import { invalid, unsupportedMediaType } from '../../kinto/errors.ts'
import { headerValues } from '../../kinto/headers.ts'
import { parseJson } from '../../kinto/json.ts'

/**
 * Reads the body of a write of a record as Kinto does. What Kinto might read in another way is refused.
 * @throws Refusal 400, 415
 */
export function readWrite (method: string, headers: readonly string[], body: Uint8Array): RecordWrite {
  requireUtf8Json(headers)
  const [type = ''] = headerValues(headers, 'content-type')
  // Kinto compares the whole header, so a parameter makes a plain patch of it (`kinto/core/resource/__init__.py`).
  return { method, merge: type === 'application/merge-patch+json', body: body.length === 0 ? undefined : readJson(body) }
}

/** @throws Refusal 415 for a body that is compressed or not in UTF-8: Kinto, or a server before it, would decode it */
export function requireUtf8Json (headers: readonly string[]): void {
  const types = headerValues(headers, 'content-type')
  const charsets = types.flatMap(type => [...type.matchAll(/charset[^=]*=\s*"?([^\s;"]*)/gi)].map(([, name = '']) => name.toLowerCase()))
  const codings = headerValues(headers, 'content-encoding').filter(coding => coding !== '' && coding.toLowerCase() !== 'identity')
  if (types.length > 1 || codings.length > 0 || charsets.some(name => name !== 'utf-8' && name !== 'utf8')) {
    throw unsupportedMediaType('The body should be JSON in UTF-8, neither compressed nor in another encoding.')
  }
}

/** JSON text as Kinto's parser takes it, which stops at a NUL, as C does. @throws TypeError for what is not UTF-8 */
export function jsonText (body: Uint8Array): string {
  const [text = ''] = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body).split('\0', 1)
  return text
}

function readJson (body: Uint8Array): unknown {
  try {
    return parseJson(jsonText(body))
  } catch (error) {
    throw invalid('body', '', `Invalid JSON: ${error instanceof SyntaxError ? error.message : 'it is not UTF-8, or nested too deeply.'}`)
  }
}
