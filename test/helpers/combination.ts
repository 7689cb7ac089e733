// The environment can make whole suites run on other parts than the usual ones:
// see test/matrix/matrix.ts.

const backends = ['memory', 'postgresql'] as const
/** Where a real Kinto keeps its objects. */
export type Backend = (typeof backends)[number]

const sealing = ['none', 'set'] as const
/** Whether the service has the setting `seal_secret`. */
export type Sealing = (typeof sealing)[number]

const versions = ['16', '20'] as const
/** The version of an older Kinto, as in test/matrix/kinto-16.txt. */
export type KintoVersion = (typeof versions)[number]

const servers = ['waitress', 'http-socket', 'http'] as const
/** What serves a real Kinto: its own command, or uWSGI in one of its modes. */
export type Server = (typeof servers)[number]

export const combination = {
  /** TEST_KINTO_BACKEND */
  backend: chosen('TEST_KINTO_BACKEND', backends) ?? 'memory',
  /** TEST_KINTO_BACKEND; undefined where each suite does as it likes. */
  backendIfChosen: chosen('TEST_KINTO_BACKEND', backends),
  /** TEST_SEAL_SECRET; undefined where each suite does as it likes. */
  sealing: chosen('TEST_SEAL_SECRET', sealing),
  /** TEST_KINTO_VERSION; undefined for the one that all tests know. */
  version: chosen('TEST_KINTO_VERSION', versions),
  /** TEST_KINTO_SERVER */
  server: chosen('TEST_KINTO_SERVER', servers) ?? 'waitress',
  /** TEST_THOUSANDS=1: tests that have a form with thousands of rounds run that one. */
  thousands: chosen('TEST_THOUSANDS', ['1']) === '1'
} as const

/**
 * How often a test that counts goes round: a few dozen times, or thousands of times where the
 * combination says so.
 */
export function rounds(short: number, large: number): number {
  return combination.thousands ? large : short
}

/**
 * The service's setting `seal_secret`, where the combination has it. All services of a test have
 * the same one.
 * @param byDefault what this suite does when the combination leaves it open
 */
export function sealSecret(byDefault: Sealing = 'none'): { SEAL_SECRET?: string } {
  return (combination.sealing ?? byDefault) === 'set' ? { SEAL_SECRET: '5ea1'.repeat(16) } : {}
}

function chosen<Value extends string>(name: string, values: readonly Value[]): Value | undefined {
  const said = process.env[name] ?? ''
  const value = values.find(value => value === said)
  if (value === undefined && said !== '')
    throw new Error(`${name}=${said}: it can be ${values.join(' or ')}.`)
  return value
}
