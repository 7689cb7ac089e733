import { execFile } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { makeRunFolder } from './parts/folder.ts'
import { ensurePython } from './parts/python.ts'

interface FunctionOptions {
  endpoint: string
  region: string
  account: string
  role: string
  environment: Record<string, string>
  /** Of its only module, which has the name of the function. */
  file?: string
}

const createRecord = join(import.meta.dirname, 'lambda', 'create-record.mjs')

/**
 * Creates a Lambda function, by default the one that creates records. It uses the plain API,
 * because the SDK's Lambda client would serve for nothing else here.
 * @returns the function's ARN
 */
export async function createFunction({
  endpoint,
  region,
  account,
  role,
  environment,
  file = createRecord
}: FunctionOptions): Promise<string> {
  const name = basename(file, '.mjs')
  const scope = `${account}/20260101/${region}/lambda/aws4_request`
  const response = await fetch(`${endpoint}/2015-03-31/functions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      // The emulator reads account and region here, and checks no signature
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=none`
    },
    body: JSON.stringify({
      FunctionName: name,
      Runtime: 'nodejs24.x',
      Handler: `${name}.handler`,
      Role: role,
      Timeout: 30,
      Code: { ZipFile: await zip(file) },
      Environment: { Variables: environment }
    })
  })
  const body: unknown = await response.json()
  if (
    typeof body === 'object' &&
    body !== null &&
    'FunctionArn' in body &&
    typeof body.FunctionArn === 'string'
  )
    return body.FunctionArn
  throw new Error(`The emulator did not create the function: ${JSON.stringify(body)}`)
}

// Node cannot write a zip file; the Python that is here anyway can
async function zip(file: string): Promise<string> {
  const folder = makeRunFolder('function')
  try {
    const archive = join(folder, 'function.zip')
    await promisify(execFile)(await ensurePython(), ['-m', 'zipfile', '-c', archive, file])
    return await readFile(archive, 'base64')
  } finally {
    await rm(folder, { recursive: true })
  }
}
