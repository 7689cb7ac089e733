import { parseRecordUri, recordUri, type RecordRef } from '../../kinto/paths.ts'
import { uuid } from '../../kinto/resources.ts'
import { isSealed } from '../../seal/seals.ts'

type RecordUri = Omit<RecordRef, 'version'>

/** The records that a task's input names, by their URI or by their id alone. */
export interface NamedRecords {
  /**
   * The sealed texts in the input. It holds them where a workflow passes on the response to its
   * question.
   */
  seals: ReadonlySet<string>
  uris: ReadonlyMap<string, RecordUri>
  ids: ReadonlySet<string>
}

/**
 * Finds the records that a task is for. Every string in its input is looked at, however deep, and
 * the inside of every string that is itself JSON (a Lambda may pass Kinto's response on as text).
 * Keys do not count. `inScope` says which URIs are records to be answered here. A URI beats a bare
 * id: where a URI is found, ids are left out. Only UUIDs count as ids: a short id would be found by
 * accident.
 */
export function namedRecords(
  input: string | undefined,
  inScope: (ref: RecordUri) => boolean
): NamedRecords {
  const uris = new Map<string, RecordUri>()
  const ids = new Set<string>()
  const seals = new Set<string>()
  for (const text of strings(input)) {
    const ref = parseRecordUri(text)
    if (ref !== undefined && inScope(ref)) uris.set(text, ref)
    else if (uuid.test(text)) ids.add(text)
    else if (isSealed(text)) seals.add(text)
  }
  return { uris, ids: uris.size > 0 ? new Set() : ids, seals }
}

/** Whether a task with these names is for this record. */
export function namesRecord(named: NamedRecords, ref: RecordUri): boolean {
  return named.uris.has(recordUri(ref)) || named.ids.has(ref.record)
}

// An input may be nested as deep as its 256 KiB allow, so this does not recurse.
function* strings(input: string | undefined): Generator<string> {
  const left: unknown[] = [input]
  while (left.length > 0) {
    const value = left.pop()
    if (typeof value === 'string') {
      yield value
      left.push(parsed(value))
    } else if (typeof value === 'object' && value !== null) {
      for (const part of Object.values(value)) left.push(part)
    }
  }
}

function parsed(text: string): unknown {
  if (!/^\s*[{["]/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
