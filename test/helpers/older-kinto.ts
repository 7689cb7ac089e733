import { join } from 'node:path'
import { projectFolder } from '../../demo/parts/folder.ts'
import { ensureEnvironment } from '../../demo/parts/python.ts'
import type { KintoVersion } from './combination.ts'

/**
 * The Python that has an older Kinto, with PostgreSQL. The first call installs it in some 20 s.
 * @throws PartsMissing as ensurePython()
 */
export async function olderKinto(version: KintoVersion): Promise<string> {
  return await ensureEnvironment({
    name: `kinto-${version}`,
    holds: `Kinto ${version}`,
    requirements: [join(projectFolder, 'test', 'matrix', `kinto-${version}.txt`)]
  })
}
