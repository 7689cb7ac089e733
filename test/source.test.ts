import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { projectFolder } from '../demo/parts/folder.ts'

// The linter forbids casts and `any`; what could silence it, the compiler or the coverage is looked for here.
const silencers =
  /oxlint-disable|eslint-disable|@ts-(ignore|expect-error|nocheck)|(c8|v8|istanbul|tap-\w+) ignore/

t.test('nothing in src switches a check off', async t => {
  const src = join(projectFolder, 'src')
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(name =>
    name.endsWith('.ts')
  )
  t.ok(files.includes('server.ts'))
  for (const name of files) t.notMatch(readFileSync(join(src, name), 'utf8'), silencers, name)
})

t.test('a file of src has at most 150 lines', async t => {
  const src = join(projectFolder, 'src')
  for (const name of readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(name =>
    name.endsWith('.ts')
  )) {
    t.ok(readFileSync(join(src, name), 'utf8').split('\n').length <= 151, name)
  }
})
