import type { Test } from 'tap'
import { banner } from '../../demo/parts/banner.ts'
import { startEmulator } from '../../demo/parts/emulator.ts'
import type { Emulator } from '../../demo/parts/emulator.ts'
import { startKinto } from '../../demo/parts/kinto.ts'
import type { Kinto, KintoOptions } from '../../demo/parts/kinto.ts'
import { hasParts } from '../../demo/parts/python.ts'
import { startService } from '../../demo/parts/service.ts'
import type { Service, ServiceOptions } from '../../demo/parts/service.ts'

/**
 * Options of a test on real parts: `t.test('…', needsParts('what it shows'), async t => …)`.
 * Where they are not installed the test is skipped, and a banner says so; with CI set it runs, and fails.
 */
export function needsParts (subject: string): { skip: string | false } {
  if (hasParts() || (process.env['CI'] ?? '') !== '') return { skip: false }
  process.stderr.write(banner([
    `NOT TESTED: ${subject}.`,
    'Kinto and the emulator are not installed; `node demo/parts/install.ts` installs them, or says why it cannot.'
  ]))
  return { skip: 'Kinto and the emulator are not installed' }
}

/** A Kinto of this test's own. */
export async function realKinto (t: Test, options?: KintoOptions): Promise<Kinto> {
  return stopAfter(t, await startKinto(options))
}

/** An emulator of this test's own. */
export async function realEmulator (t: Test): Promise<Emulator> {
  return stopAfter(t, await startEmulator())
}

/** The service as a process of its own. What was started last stops first, so start it after the others. */
export async function realService (t: Test, options: ServiceOptions): Promise<Service> {
  return stopAfter(t, await startService(options))
}

function stopAfter<Started extends { stop: () => Promise<void> }> (t: Test, part: Started): Started {
  t.teardown(() => part.stop())
  return part
}
