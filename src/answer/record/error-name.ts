import { isStorable, notStorable } from '../../kinto/storable.ts'

// https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskFailure.html
const longest = 256

/**
 * Why a text cannot be the name of an answer's error, in the words of `details`.
 * @returns undefined where it can
 */
export function whyNoErrorName(text: string): string | undefined {
  if (text.length > longest) return `Longer than maximum length ${longest}`
  if (text.length < 1) return 'Shorter than minimum length 1'
  // Step Functions gives these names itself: a reviewer who sent States.Timeout would look like a
  // step that nobody answered (https://states-language.net/#error-names).
  if (text.startsWith('States.')) return 'Names that begin with States. are reserved'
  return isStorable(text) ? undefined : notStorable
}
