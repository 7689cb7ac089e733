import { join } from 'node:path'
import { projectFolder } from '../../demo/parts/folder.ts'
import { ensureEnvironment } from '../../demo/parts/python.ts'

/**
 * The Python that has Kinto with a profiler, and boto3 for the plugin. The first call installs them
 * (some 30 s).
 * @throws without Python >= 3.10, its venv module, or a package index
 */
export async function ensureBenchPython(): Promise<string> {
  return await ensureEnvironment({
    name: 'bench-venv',
    holds: 'What the bench needs of Python',
    requirements: [
      join(import.meta.dirname, 'requirements.txt'),
      join(projectFolder, 'demo', 'parts', 'requirements.txt')
    ]
  })
}
