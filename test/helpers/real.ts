import root, { type Test } from 'tap'
import { banner } from '../../demo/parts/banner.ts'
import { startEmulator } from '../../demo/parts/emulator.ts'
import type { Emulator } from '../../demo/parts/emulator.ts'
import { startKinto } from '../../demo/parts/kinto.ts'
import type { Kinto, KintoOptions } from '../../demo/parts/kinto.ts'
import { hasPostgres, startPostgres } from '../../demo/parts/postgres.ts'
import type { Postgres } from '../../demo/parts/postgres.ts'
import { hasParts } from '../../demo/parts/python.ts'
import { startService } from '../../demo/parts/service.ts'
import type { Service, ServiceOptions } from '../../demo/parts/service.ts'
import { combination, sealSecret } from './combination.ts'
import type { Backend, KintoVersion, Server } from './combination.ts'
import { olderKinto } from './older-kinto.ts'
import { uwsgi } from './uwsgi.ts'

export interface RealKintoOptions extends Omit<KintoOptions, 'server'> {
  /**
   * Where it keeps its objects. The default is what the combination says. With PostgreSQL it gets a
   * database of its own, unless `database` names one.
   */
  backend?: Backend
  /** An older Kinto. The default is what the combination says. */
  version?: KintoVersion
  /** What serves it. The default is what the combination says. */
  server?: Server
}

/**
 * Options of a test on real parts: `t.test('…', needsParts('what it shows'), async t => …)`.
 * Where they are not installed, the test is skipped and a banner says so. With CI set it runs, and
 * fails.
 */
export function needsParts(subject: string): { skip: string | false } {
  if (combination.backend === 'postgresql') return needsPostgres(subject)
  if (hasParts() || isCI()) return { skip: false }
  process.stderr.write(
    banner([
      `NOT TESTED: ${subject}.`,
      'Kinto and the emulator are not installed; ' +
        '`node demo/parts/install.ts` installs them, or says why it cannot.'
    ])
  )
  return { skip: 'Kinto and the emulator are not installed' }
}

/** The same for a test on a Kinto that keeps its objects in PostgreSQL. */
export function needsPostgres(subject: string): { skip: string | false } {
  if ((hasParts() && hasPostgres()) || isCI()) return { skip: false }
  process.stderr.write(
    banner([
      `NOT TESTED: ${subject}.`,
      'It needs PostgreSQL (Debian: apt install postgresql), ' +
        'and Kinto (`node demo/parts/install.ts`).'
    ])
  )
  return { skip: 'PostgreSQL or Kinto is not installed' }
}

/** A Kinto of this test's own. */
export async function realKinto(
  t: Test,
  {
    backend = combination.backend,
    version = combination.version,
    server = combination.server,
    ...options
  }: RealKintoOptions = {}
): Promise<Kinto> {
  const python = version === undefined ? undefined : await olderKinto(version)
  const database = options.database ?? (backend === 'postgresql' ? await realDatabase() : undefined)
  return stopAfter(
    t,
    await startKinto({
      ...options,
      ...(server !== 'waitress' && { server: await uwsgi(server) }),
      ...(database !== undefined && { database }),
      ...(python !== undefined && { python })
    })
  )
}

let postgres: Promise<Postgres> | undefined

/**
 * An empty database, for Kintos that share one or are started again. All tests of a process share
 * one PostgreSQL, which ends after the last of them.
 */
export async function realDatabase(): Promise<string> {
  postgres ??= startPostgres().then(part => stopAfter(root, part))
  return await (await postgres).createDatabase()
}

/** An emulator of this test's own. */
export async function realEmulator(t: Test): Promise<Emulator> {
  return stopAfter(t, await startEmulator())
}

/**
 * The service as a process of its own. Start it after the other parts, since the last one that was
 * started stops first.
 */
export async function realService(t: Test, { env, ...options }: ServiceOptions): Promise<Service> {
  const combined = Object.entries(sealSecret()).map(([name, value]) => [
    `STEPFUNCTION_${name}`,
    value
  ])
  return stopAfter(
    t,
    await startService({ ...options, env: { ...Object.fromEntries(combined), ...env } })
  )
}

/** Whether a test that cannot be run is to fail. */
export function isCI(): boolean {
  return (process.env['CI'] ?? '') !== ''
}

function stopAfter<Started extends { stop: () => Promise<void> }>(
  t: Pick<Test, 'teardown'>,
  part: Started
): Started {
  t.teardown(() => part.stop())
  return part
}
