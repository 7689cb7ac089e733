import { readFileSync } from 'node:fs'
import t from 'tap'
import { about } from '../src/about.ts'

t.test('the package says its version, and where to read about it', async t => {
  t.match(about, { version: /^\d+\.\d+\.\d+/, homepage: /^https:\/\// })
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  for (const value of [about.version, about.homepage]) t.match(text, JSON.stringify(value))
})
