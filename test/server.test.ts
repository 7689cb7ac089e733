import { join } from 'node:path'
import t from 'tap'
import { projectFolder } from '../demo/parts/folder.ts'
import { startPart } from '../demo/parts/process.ts'
import packageJson from '../package.json' with { type: 'json' }

t.test('on an older Node.js it says which one it needs', async t => {
  const older =
    'Object.defineProperty(process, "versions", ' +
    '{ value: { ...process.versions, node: "22.19.0" } })'
  const part = startPart({
    name: 'service',
    command: process.execPath,
    args: [
      '--import',
      `data:text/javascript,${encodeURIComponent(older)}`,
      join(projectFolder, 'src/server.ts')
    ],
    env: {}
  })
  t.equal(await part.exited, 1)
  t.equal(part.log(), 'kinto-stepfunction needs Node.js 24 or newer, and this is 22.19.0.\n')
  t.equal(packageJson.engines.node, '>=24', 'as its package says')
})
