import { changedFields, digestQuestion } from './digests.ts'
import type { OpenedSeal, UnknownKey } from './seals.ts'

/** Whether two seals of one record hold the same question. */
export function isSameQuestion(a: OpenedSeal, b: OpenedSeal): boolean {
  const [one, other] = [a, b].map(({ key, question }) => JSON.stringify([key.id, question]))
  return one === other
}

/** Whether a seal opened, and holds a question. */
export function isQuestion(opened: OpenedSeal | UnknownKey | 'broken'): opened is OpenedSeal {
  return opened !== 'broken' && 'question' in opened && opened.question !== undefined
}

/** The names of the fields in which the questions of two records differ. No seal is needed. */
export function differences(
  record: Readonly<Record<string, unknown>>,
  other: Readonly<Record<string, unknown>>,
  openFields: readonly string[]
): string[] {
  const key = Buffer.alloc(0)
  return changedFields(
    digestQuestion(key, '', record, openFields),
    digestQuestion(key, '', other, openFields)
  )
}
