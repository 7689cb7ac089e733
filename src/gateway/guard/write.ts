import type { RecordWrite } from '../../answer/guarded.ts'
import { invalid, unsupportedMediaType } from '../../kinto/errors.ts'
import { headerNames, headerValues } from '../../kinto/headers.ts'

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
  const codings = headerValues(headers, 'content-encoding').filter(coding => coding !== '' && coding.toLowerCase() !== 'identity')
  if (types.length > 1 || codings.length > 0 || types.some(namesOtherCharset)) {
    throw unsupportedMediaType('The body should be JSON in UTF-8, neither compressed nor in another encoding.')
  }
}

// The names of headers that decide how a write is read, whose it is, and on which condition it is carried out.
const decisive = /^(authorization|content-(encoding|length|type)|transfer-encoding|if-[\w-]*)$/

/**
 * To WSGI `If_Match` and `If-Match` are one header (https://peps.python.org/pep-3333/#environ-variables), and which of the two
 * counts is up to Kinto's server. @throws Refusal 400
 */
export function requireOneReading (headers: readonly string[]): void {
  for (const name of headerNames(headers)) {
    if (name.includes('_') && decisive.test(name.replaceAll('_', '-'))) throw invalid('header', name, `${name} may be taken for another header: write it without an underscore.`)
  }
}

/** JSON text as Kinto's parser takes it, which stops at a NUL, as C does. @throws TypeError for what is not UTF-8 */
export function jsonText (body: Uint8Array): string {
  const [text = ''] = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body).split('\0', 1)
  return text
}

// Python knows many charsets by many names, some of which drop a byte order mark: only this one, in the usual spellings, is UTF-8 to all.
function namesOtherCharset (type: string): boolean {
  return /charset/i.test(type.replace(/;\s*charset=(utf-?8|"utf-?8")\s*(?=;|$)/i, ''))
}

/** The value of a body that is only looked at: its numbers are JavaScript's. @throws Refusal 400 */
function readJson (body: Uint8Array): unknown {
  try {
    return JSON.parse(jsonText(body))
  } catch (error) {
    throw invalid('body', '', `Invalid JSON: ${error instanceof SyntaxError ? error.message : 'it is not UTF-8, or nested too deeply.'}`)
  }
}
