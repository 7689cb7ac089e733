import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'

/** How long, and which random choices. */
export interface Plan {
  /** Seconds of traffic; the time to start, to fall quiet and to stop comes on top. */
  seconds: number
  /** The same seed makes the same choices. What coincides still depends on the machine. */
  seed: number
}

/**
 * Reads the command line.
 * @throws on an unknown option, or a value that is no number
 */
export function readPlan(args: readonly string[]): Plan {
  const { values } = parseArgs({
    args: [...args],
    options: { seconds: { type: 'string', default: '600' }, seed: { type: 'string' } }
  })
  return {
    seconds: number('seconds', values.seconds),
    seed: values.seed === undefined ? randomInt(2 ** 32) : number('seed', values.seed)
  }
}

function number(name: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`--${name} ${text}: it must be a whole number.`)
  return Number(text)
}
