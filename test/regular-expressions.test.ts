import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync, Visitor } from 'oxc-parser'
import { analyse } from 'scslre'
import t from 'tap'
import { projectFolder } from '../demo/parts/folder.ts'

/** A regular expression that stands in a file. */
interface Found {
  pattern: string
  flags: string
}

// Most of them meet a client's text. One that takes more than linear time would let a client hold
// everything up with a long one.
t.test('the time of a regular expression grows with the length of the text, no faster', async t => {
  const files = globSync('src/**/*.ts', { cwd: projectFolder }).toSorted()
  let count = 0
  for (const file of files) {
    for (const { pattern, flags } of regularExpressionsIn(file)) {
      count += 1
      const { reports } = analyse({ source: pattern, flags })
      const kinds = reports.map(({ type, exponential }) => ({ type, exponential }))
      t.strictSame(kinds, [], `${file}: /${pattern}/${flags}`)
    }
  }
  t.ok(count > 40, `${count} of them`)
})

t.test('and one that does is found', async t => {
  for (const source of ['\\/+$', '^(a+)+$', '^\\s*a\\s*\\s*$'])
    t.ok(analyse({ source, flags: '' }).reports.length > 0, source)
})

function regularExpressionsIn(file: string): Found[] {
  const found: Found[] = []
  const { program } = parseSync(file, readFileSync(join(projectFolder, file), 'utf8'))
  new Visitor({
    Literal(node) {
      if ('regex' in node) found.push(node.regex)
    }
  }).visit(program)
  return found
}
