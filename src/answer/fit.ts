import { orRefusal, Refusal } from '../kinto/errors.ts'
import type { AdmittedAnswer } from './admitted.ts'
import { choose } from './choose.ts'
import { checkOutput, type FormOptions } from './form.ts'
import { taskResult, type SignedAnswer } from './record/task-output.ts'
import type { Terms } from './record/terms.ts'

/**
 * The answer of a request as its record takes it; or a Refusal 400 for what does not fit the
 * record's choices or its form, or is too large for the workflow.
 * @throws Refusal 503 when the form cannot be looked at
 */
export async function fit(
  { request, signed, caller }: AdmittedAnswer,
  { choices, form }: Terms,
  options: FormOptions
): Promise<SignedAnswer | Refusal> {
  const chosen = orRefusal(() => choose(request, choices))
  if (chosen instanceof Refusal) return chosen
  const fault = await checkOutput(chosen, form, caller, options)
  if (fault !== undefined) return fault
  return orRefusal(() => {
    const answer = { ...chosen, ...signed }
    taskResult(answer)
    return answer
  })
}
