import t from 'tap'
import { checkForm, checkOutput } from '../../../src/answer/form.ts'
import { Forms } from '../../../src/form/forms.ts'

const caller = { principal: 'account:alice', principals: [], defaultBucket: undefined }
const form = { type: 'object', properties: { a: { pattern: '^(a+)+$' } } }
const slow = { a: `${'a'.repeat(60)}!` }

t.test('a form that cannot be looked at now', async t => {
  for (const check of [
    (forms: Forms) => checkForm({ form }, caller, { forms }),
    (forms: Forms) =>
      checkOutput(
        { answer: 'SUCCEED', output: slow, comment: undefined, error: undefined },
        form,
        caller,
        { forms }
      )
  ]) {
    const forms = new Forms({ timeoutMs: 60_000 })
    const busy = forms.checkOutput(form, slow, 'account:alice').catch((error: unknown) => error)
    const waits = check(forms)
    const refusal = waits.catch((error: unknown) => error)
    await new Promise(resolve => setTimeout(resolve, 0))
    await forms.stop()
    await busy
    await forms.stop()
    t.match(await refusal, {
      problem: { status: 503, errno: 201, message: /Try again in a moment/ },
      headers: ['Retry-After', '3']
    })
  }
})
