import { inScope } from '../kinto/resources.ts'
import type { SealRules } from '../answer/record/token-field.ts'
import { questionChanged, type Reading } from '../answer/record/reading.ts'
import { unavailable } from '../kinto/errors.ts'
import { recordUri } from '../kinto/paths.ts'
import { differences } from '../seal/compare.ts'
import type { OpenedSeal, Seals } from '../seal/seals.ts'
import type { AskedQuestion } from './question.ts'

/**
 * What stands in a record in which a question is asked:
 * - `stands`: this question, and nothing is to be done;
 * - `spoilt`: this question, changed since: its data are put back;
 * - `in clear`: this question, not sealed yet;
 * - `replaces`: something else, which is replaced where nobody waits for it any more.
 */
export type Standing = 'stands' | 'spoilt' | 'in clear' | { replaces: Replaced }

/** `question of this id`: both were asked without a token, so only an id can tell them apart. */
export type Replaced = 'question of this id' | 'another question'

/**
 * @throws Refusal 409 when another question is asked with this token, 503 when what stands there
 * cannot be opened
 */
export function standingOf(
  asked: AskedQuestion,
  reading: Reading,
  { seals, sealRequired }: SealRules
): Standing {
  const { ref, data, tokenField, taskToken, isAsked, decision } = reading
  if (tokenField.kind === 'unknown key')
    throw unavailable(
      'What stands in this record was sealed with a secret that this service does not have. ' +
        'Tell its operator.'
    )
  if (seals !== undefined && isAsked && tokenField.kind === 'sealed')
    return standingOfSealed(asked, reading, tokenField.seal, seals)
  if (asked.taskToken !== undefined && asked.taskToken === taskToken)
    return seals === undefined || decision !== undefined ? 'stands' : 'in clear'
  if (
    asked.taskToken === undefined &&
    data['activityArn'] !== undefined &&
    !('refusal' in tokenField) &&
    !inScope(sealRequired, ref)
  ) {
    const asksTheSame = differences(asked.record, data, asked.openFields).length === 0
    if (seals === undefined || decision !== undefined)
      return asksTheSame ? 'stands' : { replaces: 'question of this id' }
    if (asksTheSame && taskToken === undefined) return 'in clear'
  }
  return asked.isIdOfToken && taskToken === undefined ? 'spoilt' : { replaces: 'another question' }
}

function standingOfSealed(
  asked: AskedQuestion,
  { ref, changed, decision }: Reading,
  seal: OpenedSeal,
  seals: Seals
): Standing {
  const isThisToken =
    asked.taskToken === undefined ? seal.fromActivity : asked.taskToken === seal.taskToken
  if (!isThisToken) return { replaces: 'another question' }
  const asksTheSame = seals.changed(recordUri(ref), seal, asked.record).length === 0
  if (asked.taskToken === undefined && !asksTheSame) return { replaces: 'question of this id' }
  if (decision !== undefined || changed.length === 0) return 'stands'
  if (asksTheSame) return 'spoilt'
  throw questionChanged(changed)
}
