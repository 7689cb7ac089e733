import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { banner } from '../demo/parts/banner.ts'
import { projectFolder } from '../demo/parts/folder.ts'
import { startService } from '../demo/parts/service.ts'
import { about } from '../src/about.ts'
import { answer, call, collection } from './helpers/service.ts'
import { startKinto } from './helpers/kinto.ts'
import { olderNode } from './helpers/older-node.ts'
import { credentials, region, startStepFunctions } from './helpers/step-functions.ts'

// The package is installed as others would install it, outside of the project, so that nothing
// comes from the project's node_modules.
const folder = mkdtempSync(join(tmpdir(), 'kinto-stepfunction package '))
t.teardown(() => {
  rmSync(folder, { recursive: true, force: true })
})

const env = {
  ...process.env,
  PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
  AWS_EC2_METADATA_DISABLED: 'true'
}
const unreachable = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED/
const installed = join(folder, 'node_modules', 'kinto-stepfunction')
// Without the loader that tap gives to every process: neither tsc nor the package may need it.
const plain = ['env', '-u', 'NODE_OPTIONS'] as const
const program = [...plain, join(folder, 'node_modules', '.bin', 'kinto-stepfunction')] as const

/**
 * Runs a command.
 * @returns its standard output
 * @throws an error with its output if it fails
 */
async function run(
  [command, ...args]: readonly [string, ...string[]],
  cwd = folder
): Promise<string> {
  return (await promisify(execFile)(command, args, { cwd, env, maxBuffer: 2 ** 24 })).stdout
}

async function pack(): Promise<string> {
  const stdout = await run(
    [...plain, 'npm', 'pack', '--json', '--pack-destination', folder],
    projectFolder
  )
  const [{ filename }] = JSON.parse(stdout.slice(stdout.indexOf('['))) as [{ filename: string }]
  return join(folder, filename)
}

/**
 * Installs the package.
 * @returns false, with a banner, where no package registry can be reached
 * @throws in that case too if CI is set
 */
async function install(tarball: string): Promise<boolean> {
  try {
    writeFileSync(join(folder, 'package.json'), '{}')
    await run([...plain, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', tarball])
    return true
  } catch (error) {
    if (!unreachable.test(String(error)) || (process.env['CI'] ?? '') !== '') throw error
    process.stderr.write(
      banner([
        'NOT TESTED: the package, installed.',
        'The package registry that npm is set up for cannot be reached.'
      ])
    )
    return false
  }
}

const endings = 'md|svg|json|ya?ml|mjs|conf|ini|env|Dockerfile'
const packaged = new RegExp(
  `^(${[
    String.raw`dist/.*\.js(on)?`,
    String.raw`(docs|deploy|demo/(lambda|workflows))/.*\.(${endings})`,
    String.raw`demo/collection\.json`,
    String.raw`compose\.yaml`,
    String.raw`config\.example\.ini`,
    String.raw`package\.json`,
    'LICENSE',
    String.raw`[A-Z]+\.md`
  ].join('|')})$`
)

if (await install(await pack())) await t.test('the package, installed', installedPackage)
else
  t.test(
    'the package, installed',
    { skip: 'the package registry cannot be reached' },
    installedPackage
  )

async function installedPackage(t: Test): Promise<void> {
  t.test('holds what it needs and what its documents name, and nothing else', async t => {
    const files = readdirSync(installed, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name).slice(installed.length + 1))
    for (const name of [
      'LICENSE',
      'README.md',
      'CHANGELOG.md',
      'SECURITY.md',
      'config.example.ini',
      'docs/running.md',
      'package.json'
    ])
      t.ok(files.includes(name), name)
    for (const name of files) t.match(name, packaged)
    for (const name of files.filter(name => name.endsWith('.md'))) {
      for (const [, target = ''] of readFileSync(join(installed, name), 'utf8').matchAll(
        /\]\(([^)#\s]+)(?:#[^)]*)?\)/g
      )) {
        t.ok(
          /^https?:/.test(target) || existsSync(join(installed, dirname(name), target)),
          `${name} names ${target}`
        )
      }
    }
  })

  t.test('says what it is', async t => {
    t.equal(await run([...program, '--version']), `${about.version}\n`)
    t.match(await run([...program, '--help']), /^usage: kinto-stepfunction /)
    t.equal(await run([...plain, 'npx', 'kinto-stepfunction', '--version']), `${about.version}\n`)
  })

  const older = await olderNode()
  t.test(
    'says which Node.js it needs',
    { skip: older === undefined && 'no older Node.js is on the PATH' },
    async t => {
      await t.rejects(
        run([...plain, older ?? '', join(installed, 'dist', 'server.js'), '--version']),
        {
          code: 1,
          stderr: /^kinto-stepfunction needs Node\.js 24 or newer, and this is [\d.]+\.\n$/
        }
      )
    }
  )

  t.test('checks, serves, and stops', async t => {
    const [kinto, sfn] = await Promise.all([startKinto(t), startStepFunctions(t)])
    const file = join(folder, 'my settings.ini')
    writeFileSync(
      file,
      `[app:main]
stepfunction.kinto_url = ${kinto.url}
stepfunction.aws_endpoint_url = ${sfn.url}
stepfunction.aws_region = ${region}
stepfunction.aws_access_key = ${credentials.accessKeyId}
stepfunction.aws_secret_key = ${credentials.secretAccessKey}
`
    )
    t.match(
      await run([...plain, 'npx', 'kinto-stepfunction', '--config', file, '--check']),
      /^ok +Kinto 26\.5\.0 answers/
    )

    const { taskToken, executionArn } = sfn.waitCallback()
    const record = `${collection}/records/r1`
    kinto.store.put(record, { taskToken, executionArn }, { write: ['account:alice'] })
    const service = await startService({ program: [...program, '--config', file], env: {} })
    t.teardown(() => service.stop())
    t.match(await call(`${service.url}/v1${record}`, { user: 'alice' }), {
      status: 200,
      body: { data: { id: 'r1' } }
    })
    t.match(await answer(service, record, { answer: 'SUCCEED' }), {
      status: 200,
      body: { stepfunction: { outcome: 'accepted' } }
    })
    t.match(await sfn.finished(executionArn), { status: 'SUCCEEDED' })
    service.kill('SIGTERM')
    t.equal(await service.exited, 0)
  })
}
