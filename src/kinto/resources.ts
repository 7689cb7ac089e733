import { uuid } from '../answer/record/match.ts'

/** A bucket, or one of its collections, whose records can be answered. */
export interface Resource {
  bucket: string
  collection?: string
}

/**
 * Whether a collection lies under one of the configured resources. Whole segments are compared. The real id of a personal bucket
 * is a UUID, where its owner's requests say `default` (`kinto/plugins/default_bucket`).
 */
export function inScope(
  resources: readonly Resource[],
  { bucket, collection }: Required<Resource>
): boolean {
  return resources.some(resource => {
    const isBucket =
      resource.bucket === bucket || (resource.bucket === 'default' && uuid.test(bucket))
    return isBucket && (resource.collection === undefined || resource.collection === collection)
  })
}
