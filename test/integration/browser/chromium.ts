import { banner } from '../../../demo/parts/banner.ts'
import { makeRunFolder } from '../../../demo/parts/folder.ts'
import { startPart, type Part } from '../../../demo/parts/process.ts'
import { findProgram } from '../../../demo/parts/programs.ts'
import { needsParts } from '../../helpers/real.ts'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/**
 * Options of a test in a browser on real parts, as `needsParts`. Without a Chromium the test is
 * skipped, even if CI is set.
 */
export function needsChromium(subject: string): { skip: string | false } {
  if (findChromium() !== undefined) return needsParts(subject)
  process.stderr.write(
    banner([
      `NOT TESTED: ${subject}.`,
      'There is no Chromium. Install one (Debian: apt install chromium), or name it in CHROMIUM.'
    ])
  )
  return { skip: 'there is no Chromium' }
}

/** Opens a page in a Chromium with a profile of its own, without a window. */
export function openPage(url: string): Part {
  const command = findChromium()
  if (command === undefined) throw new Error('There is no Chromium.')
  const folder = makeRunFolder('chromium')
  return startPart({
    name: 'Chromium',
    command,
    // Containers have no user namespaces for Chromium's sandbox, and little shared memory
    args: [
      '--headless=new',
      '--no-sandbox',
      '--disable-dev-shm-usage',
      '--disable-gpu',
      '--no-first-run',
      '--disable-extensions',
      '--disable-background-networking',
      `--user-data-dir=${folder}`,
      url
    ],
    env: { PATH: process.env['PATH'] ?? '', HOME: folder, TMPDIR: folder },
    folder
  })
}

/** The path of Chromium: the one in CHROMIUM, else the first on the PATH. */
function findChromium(): string | undefined {
  const named = process.env['CHROMIUM'] ?? ''
  if (named !== '') return named
  return names.map(findProgram).find(path => path !== undefined)
}
