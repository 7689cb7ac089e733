/** A collection, by the decoded segments of its URL. */
export type CollectionRef = Omit<RecordRef, 'record'>

/** A record, by the decoded segments of its URL. */
export interface RecordRef {
  /** The API version in front of the other segments: `v1`. */
  version: string
  bucket: string
  collection: string
  record: string
}

/** The version of Kinto's API for work in the background, where no client's request names one. */
export const apiVersion = 'v1'

/**
 * A URL cannot be built from this segment: software between the service and Kinto would resolve it
 * as a path.
 */
export class UnsafeSegmentError extends Error {
  override readonly name = 'UnsafeSegmentError'
}

/**
 * The path of a record, for a request to Kinto.
 * @throws UnsafeSegmentError for a segment `.` or `..` (RFC 3986 §5.2.4)
 */
export function recordPath(ref: RecordRef): string {
  return `/${ref.version}${recordsUri(ref)}/${encodeSegment(ref.record)}`
}

/** The path of the root view, which tells who the caller is (`kinto/core/views/hello.py`). */
export function rootPath(version: string): string {
  return `/${version}/`
}

/** The path of batches (`kinto/core/views/batch.py`). */
export function batchPath(version: string): string {
  return `/${version}/batch`
}

/**
 * The path of a collection.
 * @throws UnsafeSegmentError
 */
export function collectionPath({ version, bucket, collection }: CollectionRef): string {
  return `/${version}/buckets/${encodeSegment(bucket)}/collections/${encodeSegment(collection)}`
}

/**
 * The path of a collection's records.
 * @throws UnsafeSegmentError
 */
export function recordsPath(ref: CollectionRef): string {
  return `${collectionPath(ref)}/records`
}

/**
 * The path of a bucket's list of collections.
 * @throws UnsafeSegmentError
 */
export function collectionsPath(version: string, bucket: string): string {
  return `/${version}/buckets/${encodeSegment(bucket)}/collections`
}

/**
 * The path of a list of a collection's records, reduced to some of their fields. `filters` are
 * written as in a URL.
 * @throws UnsafeSegmentError
 */
export function listPath(
  version: string,
  place: Pick<RecordRef, 'bucket' | 'collection'>,
  filters: string,
  fields: readonly string[]
): string {
  return `/${version}${recordsUri(place)}?${filters}&_fields=${fields.join()}`
}

/** The path of a list with another number of objects in a page. `path` has a query. */
export function withLimit(path: string, limit: number): string {
  const { pathname, search } = new URL(path, 'http://kinto.invalid')
  const query = new URLSearchParams(search)
  query.set('_limit', String(limit))
  return `${pathname}?${query.toString()}`
}

/**
 * The record's URI as Kinto writes it, without the version. It is the record's identity here, and a
 * task's input names the record by it.
 */
export function recordUri(ref: Omit<RecordRef, 'version'>): string {
  return `/buckets/${ref.bucket}/collections/${ref.collection}/records/${ref.record}`
}

/** The reverse of `recordUri`. Undefined for any other text. */
export function parseRecordUri(uri: string): Omit<RecordRef, 'version'> | undefined {
  const [, bucket, collection, record] =
    /^\/buckets\/([^/]+)\/collections\/([^/]+)\/records\/([^/]+)$/.exec(uri) ?? []
  return bucket === undefined || collection === undefined || record === undefined
    ? undefined
    : { bucket, collection, record }
}

function recordsUri({ bucket, collection }: Pick<RecordRef, 'bucket' | 'collection'>): string {
  return `/buckets/${encodeSegment(bucket)}/collections/${encodeSegment(collection)}/records`
}

// Ids are Kinto's to judge, since its generators can be replaced. So all segments pass but the two
// dot segments, which no encoding protects.
function encodeSegment(segment: string): string {
  if (segment === '.' || segment === '..')
    throw new UnsafeSegmentError('A dot segment cannot be part of a URL for Kinto.')
  return encodeURIComponent(segment)
}
