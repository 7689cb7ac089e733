/** A bucket, or one of its collections, whose records can be answered. */
export interface Resource {
  bucket: string
  collection?: string
}

/** Whether a record lies under one of the configured resources. Whole segments are compared. */
export function inScope (resources: readonly Resource[], { bucket, collection }: { bucket: string, collection: string }): boolean {
  return resources.some(resource => resource.bucket === bucket && (resource.collection === undefined || resource.collection === collection))
}
