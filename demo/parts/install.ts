import { banner } from './banner.ts'
import { ensurePython, PartsMissing } from './python.ts'

// The test command calls this first: an installation takes longer than a test file may take
try {
  await ensurePython()
} catch (error) {
  if (!(error instanceof PartsMissing)) throw error
  process.stderr.write(
    banner([error.message, 'Nothing will be tested against a real Kinto and a real emulator.'])
  )
  if (isCI()) process.exitCode = 1
}

function isCI(): boolean {
  return (process.env['CI'] ?? '') !== ''
}
