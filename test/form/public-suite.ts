import { join } from 'node:path'
import { banner } from '../../demo/parts/banner.ts'
import { partsFolder } from '../../demo/parts/folder.ts'
import { ensurePython, PartsMissing, runInstaller, stamp } from '../../demo/parts/python.ts'
import { isCI, needsParts } from '../helpers/real.ts'

const subject = 'forms, with the public suite of tests for validators'
const requirements = [join(import.meta.dirname, 'suite.txt')] as const
const directory = 'json/tests/draft2020-12'

/**
 * The folder of the public suite. The first call fetches it (some 5 s), with the pip of the parts.
 * @returns undefined, with a banner, where it cannot be had
 * @throws PartsMissing in that case if CI is set
 */
export async function publicSuite(): Promise<string | undefined> {
  if (needsParts(subject).skip !== false) return undefined
  const folder = join(partsFolder, 'json-schema-suite')
  try {
    const args = [folder, ...requirements, directory, stamp({ requirements })] as const
    await runInstaller(await ensurePython(), 'The public suite', ['unpack.py', ...args])
    return folder
  } catch (error) {
    if (!(error instanceof PartsMissing) || isCI()) throw error
    process.stderr.write(banner([`NOT TESTED: ${subject}.`, error.message]))
    return undefined
  }
}
