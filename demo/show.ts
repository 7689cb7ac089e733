import { stopParts } from './parts/process.ts'
import { say } from './say.ts'

/**
 * Runs to the end, or until Ctrl-C; then stops everything that was started.
 * The exit code is 0 if it returned true, 1 if it returned false or threw, 130 after a signal.
 */
export async function show(play: () => Promise<boolean>): Promise<void> {
  let interrupted = false
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (interrupted) process.exit(130)
      interrupted = true
      say('\nStopping …')
      void stopParts().finally(() => process.exit(130))
    })
  }
  try {
    process.exitCode = (await play()) ? 0 : 1
  } catch (error) {
    // A play fails when its parts are stopped under it
    if (interrupted) return
    say(`\n${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
  }
  await stopParts()
}
