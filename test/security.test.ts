import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { projectFolder } from '../demo/parts/folder.ts'

t.test('every threat has the test that SECURITY.md names', async t => {
  const rows = readFileSync(join(projectFolder, 'SECURITY.md'), 'utf8')
    .split('\n')
    .filter(line => line.includes('.test.ts`: '))
  t.ok(rows.length >= 15)
  for (const row of rows) {
    const [, file = '', name = ''] = /`(test\/[^`]+)`: (.+?) \|$/.exec(row) ?? []
    const source = existsSync(join(projectFolder, file))
      ? readFileSync(join(projectFolder, file), 'utf8').replaceAll("\\'", "'")
      : ''
    t.ok(name !== '' && source.includes(name), row)
  }
})
