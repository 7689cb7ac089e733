import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { projectFolder } from '../../demo/parts/folder.ts'

t.test('every guarantee in docs/delivery.md names a test that there is', async t => {
  const text = await readFile(join(projectFolder, 'docs', 'delivery.md'), 'utf8')
  const named = [...text.matchAll(/`([a-z-]+|test\/[\w/.-]+): ([^`]+)`/g)].filter(([, , name]) =>
    name?.includes(' ')
  )
  for (const line of text
    .split('\n')
    .filter(line => /^\|.*\w/.test(line) && !line.startsWith('| what happens')))
    t.match(line, /`[^`]+: [^`]+` \|$/)
  for (const [, file = '', name = ''] of named) {
    const source = await readFile(
      join(projectFolder, file.includes('/') ? file : `test/faults/${file}.test.ts`),
      'utf8'
    )
    const titles = [...source.matchAll(/t\.test\(\s*(['"`])(.*?)\1,\s/g)].map(([, , title = '']) =>
      title.replaceAll(/\$\{[^}]*\}/g, '…')
    )
    t.ok(
      titles.some(title => fits(title, name)),
      `${file}: ${name}`
    )
  }
  t.ok(named.length > 30)
})

/** Whether a title is the one that the document names. `…` stands for any text in both. */
function fits(title: string, name: string): boolean {
  const parts = name
    .split('…')
    .map(part => part.trim())
    .filter(part => part !== '')
  return parts.every(part => title.includes(part.replaceAll(/^[,:] ?/g, '')))
}
