import type { CollectionRef, RecordRef } from '../kinto/paths.ts'

/** Those of Kinto's views to which the service adds its part: they tell what a server offers. */
export type View = 'root' | 'heartbeat' | 'openapi'

/**
 * What a request is to the service, told by the path as Kinto will decode it. What is relayed is
 * not looked into.
 */
export type Kind = Relayed | Inspected

export interface Relayed {
  kind: 'relayed'
}

/** `version` is that of Kinto's API in the batch's own path, `v1`. */
export type Inspected =
  | SubResource
  | { kind: 'batch'; version: string }
  | { kind: 'announced'; view: View }
  | Inbox

/**
 * What the service adds to Kinto's resources: `…/stepfunction` of a record takes answers, that of a
 * collection takes questions.
 */
export type SubResource = { kind: 'answer'; ref: RecordRef } | { kind: 'ask'; ref: CollectionRef }

/** What waits for the caller, over all collections. `query` is that of the URL, as it came. */
export interface Inbox {
  kind: 'inbox'
  version: string
  query: string
}

/** The kind of all that Kinto gets as it came. */
export const relayed: Relayed = { kind: 'relayed' }

// As Pyramid compiles its routes: its `$` also matches before a last line feed, and a segment is
// anything but a slash.
const subResourcePath =
  /^\/+(v\d+)\/buckets\/([^/]+)\/collections?\/([^/]+)(?:\/records\/([^/]+))?\/stepfunction\n?$/
const inboxPath = /^\/+(v\d+)\/stepfunction\/inbox\n?$/
const utility = /^\/+(v\d+)\/(|__heartbeat__|__api__|batch)\n?$/

const views = new Map<string | undefined, View>([
  ['', 'root'],
  ['__heartbeat__', 'heartbeat'],
  ['__api__', 'openapi']
])

/**
 * Sorts a request by its method and target (RFC 9112 §3.2). However a path is spelled, the route
 * that Kinto would find for it counts.
 */
export function classify(method: string, target: string): Kind {
  const path = decodedPath(originForm(target))
  const subResource = subResourceOf(path)
  if (subResource !== undefined) return subResource
  const [, inboxVersion] = inboxPath.exec(path) ?? []
  if (inboxVersion !== undefined)
    return { kind: 'inbox', version: inboxVersion, query: queryOf(target) }
  const [, version, name] = utility.exec(path) ?? []
  if (version === undefined) return relayed
  if (name === 'batch') return method === 'POST' ? { kind: 'batch', version } : relayed
  const view = views.get(name)
  return view !== undefined && (method === 'GET' || method === 'HEAD')
    ? { kind: 'announced', view }
    : relayed
}

/** The sub-resource that a decoded path is. */
export function subResourceOf(path: string): SubResource | undefined {
  const [, version, bucket, collection, record] = subResourcePath.exec(path) ?? []
  if (version === undefined || bucket === undefined || collection === undefined) return undefined
  const ref = { version, bucket, collection }
  return record === undefined ? { kind: 'ask', ref } : { kind: 'answer', ref: { ...ref, record } }
}

/**
 * The target in origin form, its characters unchanged. The authority of an absolute form is
 * dropped, as Kinto's server does (waitress/parser.py, split_uri). `*` becomes `/*`, since undici
 * sends no other form.
 */
export function originForm(target: string): string {
  if (target.startsWith('/')) return target
  const path = target.replace(/^[a-z]+:\/\/[^/?#]*/i, '')
  return path.startsWith('/') ? path : `/${path}`
}

/** What stands behind the `?`, without a fragment: Kinto's server drops that. */
function queryOf(target: string): string {
  return /^[^?#]*\?([^#]*)/.exec(target)?.[1] ?? ''
}

/**
 * The path as Kinto routes it: `%2F` is decoded before, and a bad escape stays text
 * (waitress/parser.py, pyramid/urldispatch.py). Empty where it is not UTF-8: Kinto refuses that.
 */
export function decodedPath(target: string): string {
  const end = target.search(/[?#]/)
  const path = end === -1 ? target : target.slice(0, end)
  if (!/[%\x80-\uffff]/.test(path)) return path
  return percentDecoded(Buffer.from(path, 'latin1'))
}

/**
 * Text in UTF-8, each escape decoded. A bad escape stays as it is. Empty where it is not UTF-8.
 * The bytes are overwritten: a batch may hold five million escapes, and a piece of text for each
 * would take more memory than there is.
 */
export function percentDecoded(bytes: Buffer): string {
  let size = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = Number(bytes[at])
    const high = byte === percent ? hexDigit(bytes[at + 1]) : none
    const low = high === none ? none : hexDigit(bytes[at + 2])
    bytes[size] = low === none ? byte : 16 * high + low
    size += 1
    if (low !== none) at += 2
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      bytes.subarray(0, size)
    )
  } catch {
    return ''
  }
}

const percent = 0x25
const none = -1

/** The value of `0` to `9`, `A` to `F` or `a` to `f` in ASCII; else `none`. */
function hexDigit(byte = 0): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : none
}
