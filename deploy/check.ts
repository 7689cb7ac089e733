// Checks compose.yaml, the Dockerfiles and the examples of deploy/ with schemas and linters. It
// installs these once, into a folder of their own, from the package index that pip is set up for.
// Exits with 1 if one of them complains or cannot be installed.

import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { partsFolder, projectFolder } from '../demo/parts/folder.ts'

interface Check {
  name: string
  command: string
  args: readonly string[]
}

const run = promisify(execFile)
const venv = join(partsFolder, 'linters')
// Linters are run as modules. The scripts of the environment name its Python by an absolute path,
// which is wrong once the project has moved.
const python = join(venv, 'bin', 'python')
const requirements = join(import.meta.dirname, 'requirements.txt')

// The AWS SDK for Python brings a model of every operation
const registerTaskDefinition = `
import json, sys
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator
ecs = ServiceModel(Loader().load_service_model('ecs', 'service-2'))
shape = ecs.operation_model('RegisterTaskDefinition').input_shape
sys.exit(ParamValidator().validate(json.load(open(sys.argv[1])), shape).generate_report() or 0)
`

const cfnLint = 'import sys; from cfnlint.runner import main; sys.exit(main())'

const checks: readonly Check[] = [
  {
    name: 'Compose specification',
    command: python,
    args: ['-m', 'check_jsonschema', '--builtin-schema', 'vendor.compose-spec', 'compose.yaml']
  },
  {
    name: "Kubernetes' schemas",
    command: python,
    args: ['-m', 'kubernetes_validate', '--strict', 'deploy/kubernetes.yaml']
  },
  {
    name: "ECS's RegisterTaskDefinition",
    command: python,
    args: ['-c', registerTaskDefinition, 'deploy/ecs-task-definition.json']
  },
  {
    name: 'cfn-lint',
    command: python,
    args: ['-c', cfnLint, 'deploy/workflow.yaml', 'deploy/workflow-without-lambda.yaml']
  },
  // DL3008 wants pinned versions of Debian's packages, which Debian removes with the next version
  {
    name: 'hadolint',
    command: join(venv, 'bin', 'hadolint'),
    args: ['--ignore', 'DL3008', 'Dockerfile', 'deploy/parts.Dockerfile']
  }
]

await install()
for (const check of checks) await passes(check)

async function install(): Promise<void> {
  const stamp = createHash('sha256').update(readFileSync(requirements)).digest('hex')
  const installer = join(projectFolder, 'demo', 'parts', 'install.py')
  await run(process.env['PYTHON'] ?? 'python3', [installer, venv, requirements, stamp], {
    maxBuffer: 64 * 2 ** 20
  })
}

async function passes({ name, command, args }: Check): Promise<void> {
  try {
    await run(command, args, { cwd: projectFolder })
    process.stdout.write(`ok      ${name}\n`)
  } catch (error) {
    process.stdout.write(`not ok  ${name}\n${said(error)}\n`)
    process.exitCode = 1
  }
}

function said(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const output = [
    'stdout' in error ? error.stdout : '',
    'stderr' in error ? error.stderr : ''
  ].join('')
  return output === '' ? error.message : output
}
