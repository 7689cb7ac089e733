/** What a request is to the service, decided on the path as Kinto will decode it. */
export type Kind =
  | { kind: 'plain' }
  | { kind: 'answer', version: string, bucket: string, collection: string, record: string }

// Pyramid compiles the plugin's route to this: `$` also matches before a last line feed, and a segment is anything but a slash.
const subResource = /^\/+(v\d+)\/buckets\/([^/]+)\/collections?\/([^/]+)\/records\/([^/]+)\/stepfunction\n?$/

/** Sorts a request by its target (RFC 9112 §3.2). Whatever Kinto would route to the sub-resource is `answer`, in any spelling. */
export function classify (target: string): Kind {
  const [, version, bucket, collection, record] = subResource.exec(decodedPath(originForm(target))) ?? []
  return version === undefined || bucket === undefined || collection === undefined || record === undefined
    ? { kind: 'plain' }
    : { kind: 'answer', version, bucket, collection, record }
}

/**
 * The target in origin form, its characters unchanged: the authority of an absolute form is dropped, as Kinto's server does
 * (waitress/parser.py, split_uri); `*` becomes `/*`, since undici sends no other form.
 */
export function originForm (target: string): string {
  const path = target.replace(/^[a-z]+:\/\/[^/?#]*/i, '')
  return path.startsWith('/') ? path : `/${path}`
}

// Kinto decodes `%2F` before it routes, keeps a bad escape as text, and refuses what is not UTF-8 (waitress/parser.py, pyramid/urldispatch.py).
function decodedPath (target: string): string {
  const [path = ''] = target.split(/[?#]/, 1)
  const bytes = path.replace(/%([0-9a-f]{2})/gi, (_escape, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(bytes, 'latin1'))
  } catch {
    return ''
  }
}
