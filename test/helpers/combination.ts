// Whole suites run on other parts than the usual ones where the environment says so: see test/matrix/matrix.ts

const backends = ['memory', 'postgresql'] as const
/** Where a real Kinto keeps its objects. */
export type Backend = typeof backends[number]

const sealing = ['none', 'set'] as const
type Sealing = typeof sealing[number]

export const combination = {
  /** TEST_KINTO_BACKEND */
  backend: chosen('TEST_KINTO_BACKEND', backends) ?? 'memory',
  /** TEST_SEAL_SECRET; undefined where each suite does as it likes. */
  sealing: chosen('TEST_SEAL_SECRET', sealing)
} as const

/**
 * The service's setting `seal_secret`, where the combination has it: the same for all services of a test.
 * @param byDefault what this suite does when the combination leaves it open
 */
export function sealSecret (byDefault: Sealing = 'none'): { SEAL_SECRET?: string } {
  return (combination.sealing ?? byDefault) === 'set' ? { SEAL_SECRET: '5ea1'.repeat(16) } : {}
}

function chosen<Value extends string> (name: string, values: readonly Value[]): Value | undefined {
  const said = process.env[name] ?? ''
  const value = values.find(value => value === said)
  if (value === undefined && said !== '') throw new Error(`${name}=${said}: it can be ${values.join(' or ')}.`)
  return value
}
