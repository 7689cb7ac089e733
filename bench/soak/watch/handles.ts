import { readdirSync, readlinkSync } from 'node:fs'

/** The number of each type: `{ socket: 4, pipe: 2 }`. */
export type Handles = Readonly<Record<string, number>>

/** The handles that a process has open; undefined where there is no /proc. */
export function openHandles(pid: number): Handles | undefined {
  if (process.platform !== 'linux') return undefined
  const counts: Record<string, number> = {}
  for (const handle of readdirSync(`/proc/${pid}/fd`)) {
    const type = typeOf(`/proc/${pid}/fd/${handle}`)
    if (type !== undefined) counts[type] = (counts[type] ?? 0) + 1
  }
  return counts
}

export function countHandles(handles: Handles): number {
  return Object.values(handles).reduce((sum, count) => sum + count, 0)
}

// `socket:[4711]`, `anon_inode:[eventpoll]`, `/dev/null`
function typeOf(link: string): string | undefined {
  try {
    return readlinkSync(link).replace(/:\[\d+\]$/, '')
  } catch {
    // It was closed in between
    return undefined
  }
}
