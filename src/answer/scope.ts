import { uuid } from './match.ts'

/** A bucket, or one of its collections, whose records can be answered. */
export interface Resource {
  bucket: string
  collection?: string
}

/** Whether a record lies under one of the configured resources. Whole segments are compared. */
export function inScope (resources: readonly Resource[], { bucket, collection }: { bucket: string, collection: string }): boolean {
  return resources.some(resource => resource.bucket === bucket && (resource.collection === undefined || resource.collection === collection))
}

/** The same for the record of a task, whose URI holds a personal bucket's real id, a UUID, where requests say `default` (`kinto/plugins/default_bucket`). */
export function inNamedScope (resources: readonly Resource[], { bucket, collection }: { bucket: string, collection: string }): boolean {
  return inScope(resources, { bucket, collection }) || (uuid.test(bucket) && inScope(resources, { bucket: 'default', collection }))
}
