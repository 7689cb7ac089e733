import { availableParallelism } from 'node:os'

/** The cores of each process. The process under test has one of its own if there are two. */
export interface Cores {
  load: string
  upstream: string
  proxy: string
}

const count = availableParallelism()

/**
 * With two cores, load and upstream share one. With three, each has its own. All further cores go
 * to the upstream.
 */
export const cores: Cores =
  count < 2
    ? { load: '0', upstream: '0', proxy: '0' }
    : count === 2
      ? { load: '0', upstream: '0', proxy: '1' }
      : { load: '0', upstream: count === 3 ? '2' : `2-${count - 1}`, proxy: '1' }

/** What a reader of the results must know about the cores. */
export function describeCores(): string {
  if (count < 2) return 'One core for everything: the figures say little.'
  return count === 2
    ? 'Two cores: one for the process under test, the other for load and upstream together, ' +
        'so fast proxies are held back by the load. Compare CPU time, not throughput.'
    : `${count} cores: one for the process under test, one for the load, ` +
        'the others for the upstream.'
}
