import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import t from 'tap'
import { projectFolder } from '../demo/parts/folder.ts'

const maxColumns = 100
const maxLines = 200

// The linter forbids casts and `any`; what could silence it, the compiler or the coverage is
// looked for here.
const silencers = new RegExp(
  [
    'oxlint-disable',
    'oxfmt-ignore|prettier-ignore',
    'eslint-disable',
    '@ts-(ignore|expect-error|nocheck)',
    '(c8|v8|istanbul|tap-\\w+) ignore'
  ].join('|')
)

t.test('nothing in src switches a check off', async t => {
  const files = filesIn('src')
  t.ok(files.includes('src/server.ts'))
  for (const name of files) t.notMatch(textOf(name), silencers, name)
})

// The formatter breaks neither comments nor strings, and no rule of the linter looks at them.
t.test(
  `a line has at most ${maxColumns} characters, and a file at most ${maxLines} lines`,
  async t => {
    const files = ['src', 'test', 'bench', 'demo', 'deploy'].flatMap(filesIn)
    t.ok(files.length > 400)
    for (const name of files) {
      const lines = textOf(name).split('\n')
      const tooLong = lines.flatMap((line, index) =>
        Array.from(line).length > maxColumns ? [`${name}:${index + 1}`] : []
      )
      t.strictSame(tooLong, [], name)
      // After the last line feed there is nothing.
      t.ok(lines.length <= maxLines + 1, `${name}: ${lines.length - 1} lines`)
    }
  }
)

// Only there is a pause stoppable, and only the monotonic clock ends what it should end.
t.test('src waits by wait.ts alone, and goes by no clock that can be set', async t => {
  for (const name of filesIn('src')) {
    t.notMatch(textOf(name), /\bDate\.now\b/, name)
    if (name !== 'src/wait.ts') t.notMatch(textOf(name), /timers\/promises/, name)
  }
})

t.test('every folder of src says where to start, and names all of its files', async t => {
  const folders = Map.groupBy(filesIn('src'), dirname)
  t.ok(folders.size > 10)
  for (const [folder, files] of folders) {
    const guide = textOf(`${folder}/README.md`)
    t.match(guide, /\bStart (at|here)\b/, folder)
    for (const file of files) t.ok(guide.includes(`\`${basename(file)}\``), file)
  }
})

t.test('every file and folder that CONTRIBUTING.md names is there', async t => {
  const paths = textOf('CONTRIBUTING.md').matchAll(
    /`((?:src|test|demo|deploy|docs|bench)\/[\w/.-]*)`/g
  )
  const named = Array.from(paths, ([, path = '']) => path)
  t.ok(named.length > 20)
  for (const path of named) t.ok(existsSync(join(projectFolder, path)), path)
})

/** The TypeScript and JavaScript files of a folder, by their paths from the project's. */
function filesIn(folder: string): string[] {
  return readdirSync(join(projectFolder, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => /\.(ts|mjs)$/.test(name) && !name.includes('node_modules'))
    .map(name => `${folder}/${name}`)
}

function textOf(name: string): string {
  return readFileSync(join(projectFolder, name), 'utf8')
}
