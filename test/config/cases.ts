import type { Test } from 'tap'

/** A kind of setting, with texts that are good and bad for it. */
interface Case {
  parse: (text: string) => unknown
  good: Array<[text: string, value: unknown]>
  bad: string[]
}

/** Each setting takes what is good for it, and refuses what is bad. */
export function testCases(t: Test, cases: Record<string, Case>): void {
  for (const [name, { parse, good, bad }] of Object.entries(cases)) {
    t.test(name, async t => {
      for (const [text, value] of good) t.same(parse(text), value, `takes ${JSON.stringify(text)}`)
      for (const text of bad)
        t.throws(() => parse(text), { name: 'InvalidValue' }, `refuses ${JSON.stringify(text)}`)
    })
  }
}
