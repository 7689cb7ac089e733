import { setTimeout as sleep } from 'node:timers/promises'
import type { Seen } from './watch.ts'

// A process of its own: what sends the worst is too busy to measure how long a response takes.

const [adminUrl = ''] = process.argv.slice(2)

let seen: Seen = { heldMs: 0, liveMs: 0, bytes: 0 }
let isAsked = false
process.on('message', () => {
  isAsked = true
})

for (;;) {
  // What came before is told, so the last look begins after the question.
  const isLast = isAsked
  await look()
  if (isLast) {
    process.send?.(seen)
    seen = { heldMs: 0, liveMs: 0, bytes: 0 }
    isAsked = false
  }
  await sleep(20)
}

async function look(): Promise<void> {
  const begun = performance.now()
  await (await fetch(`${adminUrl}/live`)).text()
  seen.liveMs = Math.max(seen.liveMs, Math.round(performance.now() - begun))
  const metrics = await (await fetch(`${adminUrl}/metrics`)).text()
  const heldMs = Math.round(numberIn(metrics, 'nodejs_eventloop_lag_max_seconds') * 1_000)
  seen.heldMs = Math.max(seen.heldMs, heldMs)
  seen.bytes = Math.max(seen.bytes, numberIn(metrics, 'process_resident_memory_bytes'))
}

function numberIn(metrics: string, name: string): number {
  const line = metrics.split('\n').find(text => text.startsWith(`${name} `))
  return Number(line?.split(' ')[1])
}
