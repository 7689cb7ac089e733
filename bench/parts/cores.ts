import { availableParallelism } from 'node:os'

/** Who runs where. The process under test always has a core of its own. */
export interface Cores {
  load: string
  upstream: string
  proxy: string
}

const count = availableParallelism()

/** With two cores load and upstream share one; with three each has its own; more go to the upstream. */
export const cores: Cores =
  count < 2
    ? { load: '0', upstream: '0', proxy: '0' }
    : count === 2
      ? { load: '0', upstream: '0', proxy: '1' }
      : { load: '0', upstream: count === 3 ? '2' : `2-${count - 1}`, proxy: '1' }

/** What the reader of a result must know about it. */
export function describeCores(): string {
  if (count < 2) return 'One core for everything: the figures say little.'
  return count === 2
    ? 'Two cores: one for the process under test, the other for load and upstream together, so fast proxies are held back by the load. Compare CPU time, not throughput.'
    : `${count} cores: one for the process under test, one for the load, the others for the upstream.`
}
