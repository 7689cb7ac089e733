import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { Forms } from '../../src/form/forms.ts'
import { formOf, range } from './checks.ts'

const tooLong = 'This form takes too long to check.'
const exploding = formOf({ pattern: '^(a+)+$' })
const forExploding = { a: `${'a'.repeat(60)}!` }

function startForms(t: Test, options: ConstructorParameters<typeof Forms>[0]): Forms {
  const forms = new Forms(options)
  t.teardown(() => forms.stop())
  return forms
}

t.test('what was cut is refused at once, while others are in line', async t => {
  const slow = formOf({ anyOf: range(200_000).map(index => ({ const: index })) })
  const forms = startForms(t, { timeoutMs: 100 })
  t.equal(await forms.checkForm(slow, 'a'), tooLong, 'a form')
  t.strictSame(await forms.checkOutput(exploding, forExploding, 'a'), { unusable: tooLong })
  const ends: string[] = []
  const wait = async (): Promise<void> => {
    await forms.checkOutput(exploding, { b: 1, ...forExploding }, 'a')
    ends.push('in line')
  }
  const inLine = wait()
  const refused: [title: string, form: unknown, output: unknown][] = [
    ['with an output', slow, { a: 1 }],
    ['with another one', slow, {}],
    ['a form with this output', exploding, forExploding]
  ]
  for (const [title, form, output] of refused) {
    t.strictSame(await forms.checkOutput(form, output, 'b'), { unusable: tooLong }, title)
    ends.push(title)
  }
  await inLine
  t.strictSame(ends, [...refused.map(([title]) => title), 'in line'])
})

t.test('a form is not blamed for an output', async t => {
  const forms = startForms(t, { timeoutMs: 1_000 })
  t.strictSame(await forms.checkOutput(exploding, forExploding, 'a'), { unusable: tooLong })
  t.equal(await forms.checkForm(exploding, 'a'), undefined)
  t.strictSame(await forms.checkOutput(exploding, { a: 'aa' }, 'a'), { faults: [] })
})

t.test('what was cut while others waited with the same is not tried for them', async t => {
  const timeoutMs = 1_000
  const forms = startForms(t, { timeoutMs })
  const ends = await Promise.all(
    ['a', 'b', 'c'].map(async caller => {
      t.strictSame(await forms.checkOutput(exploding, forExploding, caller), { unusable: tooLong })
      return performance.now()
    })
  )
  t.ok(Math.max(...ends) - Math.min(...ends) < timeoutMs)
})

t.test('it is remembered for a while', async t => {
  const timeoutMs = 300
  const forms = startForms(t, { timeoutMs, rememberedForMs: 1 })
  for (const time of ['at first', 'and later']) {
    const begun = performance.now()
    t.strictSame(await forms.checkOutput(exploding, forExploding, 'a'), { unusable: tooLong })
    t.ok(performance.now() - begun >= timeoutMs, time)
    await sleep(10)
  }
})
