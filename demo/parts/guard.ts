import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'

// A pipe closes even when its writer is killed with SIGKILL: no other sign of a death always comes
const watchdog =
  'cat; kill -s TERM -- "-$1"; sleep 6; kill -s KILL -- "-$1"; test -z "$2" || rm -rf "$2"'
const releases = new Set<() => void>()

process.on('exit', () => {
  for (const release of releases) release()
})

/**
 * Ties a process group to this process: however this process ends, the group ends too, and its
 * folder is removed.
 * @param leader process id of the group's leader
 * @returns a function that kills at once what is left of the group
 */
export function guard(leader: number, folder?: string): () => void {
  const watcher = spawn('sh', ['-c', watchdog, 'watchdog', String(leader), folder ?? ''], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore']
  })
  watcher.unref()
  function release() {
    if (!releases.delete(release)) return
    if (watcher.pid !== undefined) killGroup(watcher.pid)
    killGroup(leader)
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  releases.add(release)
  return release
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL')
  } catch {
    // The group is empty already
  }
}
