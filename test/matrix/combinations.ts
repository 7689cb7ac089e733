import { globSync } from 'node:fs'
import { projectFolder } from '../../demo/parts/folder.ts'
import type { Backend, KintoVersion, Sealing, Server } from '../helpers/combination.ts'

/** Test files, and the parts that they run on. test/helpers/combination.ts reads `env`. */
export interface Combination {
  name: string
  env: {
    TEST_KINTO_BACKEND: Backend
    TEST_SEAL_SECRET: Sealing
    TEST_KINTO_VERSION?: KintoVersion
    TEST_KINTO_SERVER?: Server
    TEST_THOUSANDS?: '1'
  }
  files: readonly string[]
}

const ofSeals = files('test/integration/seal/*.test.ts')
const ofInbox = files('test/integration/inbox/*.test.ts')
const onRealKinto = [...files('test/integration/*.test.ts'), ...ofSeals, ...ofInbox]
const onScriptedKinto = [
  ...files('test/faults/*.test.ts'),
  ...files('test/answer/activities/activities*.test.ts')
]
/** An older Kinto could differ in rights, and in how records are written and read. */
const onOlderKinto = [
  ...files('test/integration/permission*.test.ts'),
  'test/integration/answers.test.ts',
  'test/integration/asks.test.ts'
]
/**
 * uWSGI closes connections unannounced, also those of a test that speaks to Kinto past the service.
 */
const onUwsgi = ['test/integration/kept-open.test.ts']
export const combinations: readonly Combination[] = [
  ...combine('every suite', 'memory', [...onRealKinto, ...onScriptedKinto]),
  ...combine('on a real Kinto', 'postgresql', onRealKinto),
  ...(['16', '20'] as const).flatMap(version =>
    (['memory', 'postgresql'] as const).flatMap(backend =>
      combine(`on Kinto ${version}`, backend, onOlderKinto, { TEST_KINTO_VERSION: version })
    )
  ),
  ...(['http-socket', 'http'] as const).flatMap(server =>
    combine(`on uWSGI, ${server}`, 'memory', onUwsgi, {
      TEST_KINTO_SERVER: server,
      TEST_THOUSANDS: '1'
    })
  ),
  ...combine(
    'by the thousand',
    'postgresql',
    [
      ...ofSeals,
      'test/integration/inbox/ten-thousand.test.ts',
      'test/faults/thousand.test.ts',
      'test/attack/worst-inputs.test.ts',
      'test/attack/crowd.test.ts'
    ],
    {
      TEST_THOUSANDS: '1'
    }
  )
].filter(({ files }) => files.length > 0)

function combine(
  what: string,
  backend: Backend,
  files: readonly string[],
  env: Partial<Combination['env']> = {}
): Combination[] {
  return (['none', 'set'] as const).map(sealing => ({
    name: `${what}, ${backend}, ${sealing === 'set' ? 'sealed' : 'no secret'}`,
    env: { ...env, TEST_KINTO_BACKEND: backend, TEST_SEAL_SECRET: sealing },
    files
  }))
}

function files(pattern: string): string[] {
  return globSync(pattern, { cwd: projectFolder }).toSorted()
}
