import { say } from '../../demo/say.ts'
import { show } from '../../demo/show.ts'
import { ensurePython } from '../../demo/parts/python.ts'
import { olderKinto } from '../helpers/older-kinto.ts'
import { uwsgiPython } from '../helpers/uwsgi.ts'
import { combinations } from './combinations.ts'
import { runTests } from './run.ts'

// npm run matrix                     all combinations, one after the other
// npm run matrix -- postgresql seal  those whose name has one of the words

await show(async function matrix() {
  const words = process.argv.slice(2)
  const chosen = combinations.filter(
    ({ name }) => words.length === 0 || words.some(word => name.includes(word))
  )
  if (chosen.length === 0)
    throw new Error(`There are: ${combinations.map(({ name }) => name).join('; ')}.`)
  // An installation takes longer than a test file may.
  await ensurePython()
  for (const {
    env: { TEST_KINTO_VERSION: version, TEST_KINTO_SERVER: server }
  } of chosen) {
    if (version !== undefined) await olderKinto(version)
    if (server !== undefined) await uwsgiPython()
  }
  let failed = 0
  for (const combination of chosen) {
    const { passed, counts, seconds, log } = await runTests(combination)
    const [sign, hint] = passed ? ['✓', ''] : ['✗', `, see ${log}`]
    const time = `${String(seconds).padStart(5)} s`
    say(`${sign} ${combination.name.padEnd(42)} ${counts.padEnd(42)} ${time}${hint}`)
    if (!passed) failed++
  }
  return failed === 0
})
