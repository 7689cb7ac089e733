import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { makeRunFolder } from '../../demo/parts/folder.ts'
import { loadEach } from '../load/load.ts'
import { ensureBenchPython } from '../parts/python.ts'
import type { Plan } from '../plan.ts'
import type { Table } from '../report/section.ts'
import { digits } from '../report/statistics.ts'
import { startKinto } from '../upstreams/kinto.ts'
import { answering, kinds, prepare } from './kinds.ts'
import { startAnswering } from './stage.ts'
import type { Stage } from './stage.ts'
import { createRecords, recordRequests } from './unavoidable.ts'

/** Where the time goes, by parts of the software. */
interface Profile {
  note: string
  table: Table
  data: unknown
}

/**
 * As --cpu-prof writes it:
 * https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile
 * Times are in µs, by a clock that all processes share.
 */
interface CpuProfile {
  startTime: number
  nodes: { id: number; callFrame: { functionName: string; url: string }; children?: number[] }[]
  samples: number[]
  timeDeltas: number[]
}

const run = promisify(execFile)

/** Profiles the service's CPU for answers with a token in the record. */
export async function profileService(
  { kinto, stepFunctions }: Stage,
  { answers }: Plan
): Promise<Profile> {
  const folder = makeRunFolder('profile')
  const service = await startAnswering(kinto.url, stepFunctions, {
    NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${folder}`
  })
  const [kind] = kinds
  if (kind === undefined) throw new Error('There is no kind of answer.')
  // As many answers before, so that V8 has compiled the code
  const paths = await prepare(kinto.url, stepFunctions, kind, '', 2 * answers)
  await loadEach(service.url, paths.slice(answers), answering(kind))
  const from = now()
  await loadEach(service.url, paths.slice(0, answers), answering(kind))
  const to = now()
  await service.stop()
  const [file = ''] = readdirSync(folder)
  const profile: CpuProfile = JSON.parse(readFileSync(join(folder, file), 'utf8'))
  rmSync(folder, { recursive: true })
  const took = cpuOf(profile, from, to)
  const rows = Object.entries(took)
    .toSorted(([, a], [, b]) => b - a)
    .map(([part, time]) => [part, digits(time / 1_000 / answers)])
  return {
    note:
      'What the service does with its CPU was sampled by V8. ' +
      'What Node.js does for one of the parts is counted with that part.',
    table: {
      title: 'CPU of the service per answer, token in the record',
      header: ['', 'ms'],
      rows
    },
    data: took
  }
}

/** Profiles Kinto for each of the requests that an answer makes for its record. */
export async function profileKinto({ database }: Stage, { answers }: Plan): Promise<Profile> {
  const folder = makeRunFolder('profile')
  const kinto = await startKinto({ database: database.url, profiles: folder })
  const python = await ensureBenchPython()
  const paths = await createRecords(kinto.url, answers)
  // Kinto checks a password only once, because that takes long, and keeps the result
  await loadEach(kinto.url, paths.slice(0, 1), recordRequests['GET record'])
  const took: Record<string, Record<string, number>> = {}
  for (const [name, request] of Object.entries(recordRequests)) {
    const before = new Set(readdirSync(folder))
    await loadEach(kinto.url, paths, request)
    const files = readdirSync(folder)
      .filter(file => !before.has(file))
      .map(file => join(folder, file))
    const { stdout } = await run(python, [join(import.meta.dirname, 'shares.py'), ...files])
    took[name] = JSON.parse(stdout)
  }
  await kinto.stop()
  rmSync(folder, { recursive: true })
  const requests = Object.entries(took)
  const parts = Object.keys(requests[0]?.[1] ?? {})
  const rows = parts.map(part => [
    part,
    ...requests.map(([, shares]) => percent(shares[part] ?? 0, shares))
  ])
  return {
    note:
      'What Kinto does was recorded by its own profiler (`kinto.profiler_enabled`). ' +
      'That slows Python down, small functions most, so there are parts and no times.',
    table: {
      title: 'What Kinto does for an answer',
      header: ['', ...requests.map(([name]) => name)],
      rows
    },
    data: took
  }
}

/** Microseconds of CPU by part, between two moments. */
function cpuOf(
  { startTime, nodes, samples, timeDeltas }: CpuProfile,
  from: number,
  to: number
): Record<string, number> {
  const parts = new Map<number, string | undefined>()
  // A node comes before the nodes that it calls
  for (const { id, callFrame, children = [] } of nodes) {
    const part = partOf(callFrame) ?? parts.get(id)
    for (const node of [id, ...children]) parts.set(node, part)
  }
  const took: Record<string, number> = {}
  let time = startTime
  for (const [index, sample] of samples.entries()) {
    const delta = timeDeltas[index] ?? 0
    time += delta
    const part = parts.get(sample) ?? 'Node.js'
    if (part !== idle && time >= from && time <= to) took[part] = (took[part] ?? 0) + delta
  }
  return took
}

const idle = 'idle'

const ofV8 = new Map([
  ['(idle)', idle],
  ['(garbage collector)', 'garbage collection'],
  ['(program)', 'the kernel, and Node.js beyond JavaScript']
])

const packages = new Map([
  ['@aws-sdk', 'AWS SDK'],
  ['@smithy', 'AWS SDK'],
  ['undici', 'undici'],
  ['pino', 'the log'],
  ['sonic-boom', 'the log'],
  ['@pinojs', 'the log']
])

/** The part that a function belongs to; undefined if it belongs to the part that calls it. */
function partOf({
  functionName,
  url
}: CpuProfile['nodes'][number]['callFrame']): string | undefined {
  const [, name] = /.*\/node_modules\/(@?[^/]+)/.exec(url) ?? []
  if (name !== undefined) return packages.get(name) ?? 'Fastify and other packages'
  return url.startsWith('file:') ? 'the service itself' : ofV8.get(functionName)
}

function percent(part: number, shares: Readonly<Record<string, number>>): string {
  const total = Object.values(shares).reduce((sum, share) => sum + share, 0)
  return `${Math.round((100 * part) / total)} %`
}

// The clock of V8's profiles
function now(): number {
  return Number(process.hrtime.bigint() / 1_000n)
}
