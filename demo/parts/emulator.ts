import { mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { makeRunFolder } from './folder.ts'
import { startPart } from './process.ts'
import type { Part } from './process.ts'
import { ensurePython } from './python.ts'
import { answers, freePort, untilReady } from './ready.ts'

export interface EmulatorOptions {
  /** Any free one by default. */
  port?: number
}

export interface Emulator extends Part {
  /** The endpoint of every service. */
  url: string
}

/**
 * Starts MiniStack, an emulator of AWS, on 127.0.0.1: Step Functions, SQS, and Lambda, where each
 * function is a Node process. It checks no credentials. An access key id of twelve digits is the
 * account in every ARN, and accounts see nothing of each other.
 */
export async function startEmulator({ port }: EmulatorOptions = {}): Promise<Emulator> {
  const python = await ensurePython()
  const folder = makeRunFolder('emulator')
  const temporary = join(folder, 'tmp')
  mkdirSync(temporary)
  // The emulator puts its own scripts for Node there. They are CommonJS; the project is not.
  writeFileSync(join(temporary, 'package.json'), '{"type": "commonjs"}')
  const gateway = port ?? (await freePort())
  const part = startPart({
    name: 'the emulator',
    command: python,
    args: ['-W', 'ignore', '-m', 'ministack'],
    env: {
      // Lambda functions run the first `node` of the PATH, in the emulator's own environment
      PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
      HOME: folder,
      TMPDIR: temporary,
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(gateway),
      SERVICES: 'stepfunctions,lambda,sqs',
      IOT_MTLS_ENABLED: '0',
      SFTP_ENABLED: '0',
      LOG_LEVEL: 'WARNING',
      PYTHONUNBUFFERED: '1'
    },
    folder
  })
  const url = `http://127.0.0.1:${gateway}`
  await untilReady(part, () => answers(`${url}/_ministack/health`))
  return { ...part, url }
}
