import { join } from 'node:path'
import { projectFolder } from '../../demo/parts/folder.ts'
import { startPart } from '../../demo/parts/process.ts'

/** Runs the program until it ends. */
export async function run(
  env: Record<string, string>,
  ...args: string[]
): Promise<{ code: number | null; text: string }> {
  const part = startPart({
    name: 'service',
    command: process.execPath,
    args: [join(projectFolder, 'src/server.ts'), ...args],
    env: { AWS_EC2_METADATA_DISABLED: 'true', ...env }
  })
  return { code: await part.exited, text: part.log() }
}
