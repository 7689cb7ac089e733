import { execFile } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { projectFolder } from '../demo/parts/folder.ts'
import { olderNode } from './helpers/older-node.ts'

const installed = 'Installing packages (once, a minute)\nnpm ci --loglevel=error\n'

/** A clone as far as setup.sh looks at it, with an npm that says what it is told to do. */
function clone(t: Test): string {
  const folder = t.testdir({ npm: '#!/bin/sh\necho npm "$@"\n' })
  chmodSync(join(folder, 'npm'), 0o755)
  copyFileSync(join(projectFolder, 'setup.sh'), join(folder, 'setup.sh'))
  writeFileSync(join(folder, 'package-lock.json'), '{}')
  return folder
}

/**
 * Runs setup.sh as npm does before a command.
 * @param node the Node.js that is found first
 * @returns what it and npm say
 */
async function setUp(cwd: string, command: 'start' | 'demo', node = process.execPath) {
  const PATH = [cwd, dirname(node), process.env['PATH']].join(delimiter)
  const args = command === 'start' ? [command] : []
  return (await promisify(execFile)('./setup.sh', args, { cwd, env: { PATH } })).stdout
}

t.test('in a fresh clone everything is installed', async t => {
  for (const command of ['start', 'demo'] as const)
    t.equal(await setUp(clone(t), command), installed, command)
})

t.test('among packages for production a start installs nothing, all else does', async t => {
  const folder = clone(t)
  mkdirSync(join(folder, 'node_modules'))
  t.equal(await setUp(folder, 'start'), '')
  t.equal(await setUp(folder, 'demo'), installed)
})

t.test('packages for development are brought up to date', async t => {
  const folder = clone(t)
  mkdirSync(join(folder, 'node_modules', '.bin'), { recursive: true })
  const list = join(folder, 'node_modules', '.package-lock.json')
  for (const file of [list, join(folder, 'node_modules', '.bin', 'node')]) writeFileSync(file, '')
  for (const [seconds, says] of [
    [1, installed],
    [4e9, '']
  ] as const) {
    utimesSync(list, seconds, seconds)
    for (const command of ['start', 'demo'] as const)
      t.equal(await setUp(folder, command), says, command)
  }
})

const older = await olderNode()
t.test(
  'an older Node.js is told which one is needed',
  { skip: older === undefined && 'no older Node.js is on the PATH' },
  async t => {
    const folder = clone(t)
    mkdirSync(join(folder, 'node_modules'))
    await t.rejects(
      setUp(folder, 'start', older),
      /kinto-stepfunction needs Node\.js 24 or newer, and this is v/
    )
  }
)
