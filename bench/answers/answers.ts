import { loadEach } from '../load/load.ts'
import type { Sample } from '../load/sample.ts'
import { haveTools } from '../parts/tools.ts'
import { usage } from '../parts/usage.ts'
import type { Plan } from '../plan.ts'
import type { Section, Table } from '../report/section.ts'
import { show, spread } from '../report/statistics.ts'
import type { Spread } from '../report/statistics.ts'
import { callsTable, countCalls } from './calls.ts'
import { answering, kinds, prepare } from './kinds.ts'
import type { Kind } from './kinds.ts'
import { profileKinto, profileService } from './profiles.ts'
import { setStage } from './stage.ts'
import type { Stage } from './stage.ts'
import { measureUnavoidable, unavoidableTable } from './unavoidable.ts'

const answerers = ['service', 'plugin', 'calls'] as const

const names = { service: 'service', plugin: 'plugin', calls: 'the calls alone' }

type Answerer = (typeof answerers)[number]

interface Row {
  kind: string
  answerer: Answerer
  /** Milliseconds. */
  p50: Spread
  p99: Spread
  /** p50 as a multiple of the plugin's in the same round. */
  toPlugin: Spread
  /** p50 as a multiple of that of the calls alone; undefined for an activity, which has none. */
  toCalls: Spread | undefined
  /** Milliseconds of CPU of the answerer; for the plugin those of all of Kinto. */
  cpu: Spread
}

type Measured = Sample & { cpu: number }

/** Measures the time of an answer, of the calls that it needs, and of a plugin inside of Kinto. */
export async function measureAnswers(
  plan: Plan,
  stop: () => Promise<void>
): Promise<Section | undefined> {
  if (!haveTools('answers', 'initdb', 'postgres')) return undefined
  const stage = await setStage(plan.stepFunctionsMs)
  const rows: Row[] = []
  for (const kind of kinds) rows.push(...(await measureKind(stage, kind, plan)))
  const unavoidable = await measureUnavoidable(stage, plan)
  const calls = await countCalls(stage)
  const profiles = plan.quick
    ? []
    : [await profileService(stage, plan), await profileKinto(stage, plan)]
  // With SIGTERM it would wait for its poll to end
  stage.service.kill('SIGKILL')
  await stop()
  return {
    title: 'Answers',
    notes: [
      'One after the other, each to a record of its own. ' +
        `Each call to Step Functions takes ${plan.stepFunctionsMs} ms and its network nothing; ` +
        'all else is real: Kinto on PostgreSQL, the AWS SDKs.',
      'The plugin answers inside of Kinto, as the one of 2017 did (`bench/plugin`): ' +
        'it reads and writes the database without HTTP.',
      'The calls alone are those that the service cannot avoid, made by a program of some lines ' +
        '(`bench/processes/bare-answer.ts`) in its place: the record, probe and root view ' +
        'side by side, Step Functions, the update.',
      ...profiles.map(({ note }) => note)
    ],
    tables: [
      answerTable(rows),
      unavoidableTable(unavoidable),
      callsTable(calls),
      ...profiles.map(({ table }) => table)
    ],
    plots: [],
    data: { rows, unavoidable, calls, profiles: profiles.map(({ data }) => data) }
  }
}

async function measureKind(stage: Stage, kind: Kind, plan: Plan): Promise<Row[]> {
  const rounds: Record<Answerer, Measured[]> = { service: [], plugin: [], calls: [] }
  const measured = answerers.filter(answerer => answerer !== 'calls' || !kind.activity)
  const activities = { service: '', plugin: '', calls: '' }
  if (kind.activity)
    for (const answerer of measured)
      activities[answerer] = await stage.stepFunctions.createActivity(answerer)
  for (let round = -1; round < plan.rounds; round++) {
    for (const answerer of round % 2 === 0 ? measured : measured.toReversed()) {
      const { url, pid } = stage[answerer]
      const paths = await prepare(
        stage.kinto.url,
        stage.stepFunctions,
        kind,
        activities[answerer],
        Math.ceil(plan.answers / plan.rounds)
      )
      const before = usage(pid).cpu
      const sample = await loadEach(url, paths, answering(kind))
      // The first round does not count: V8 still compiles the code
      if (round >= 0)
        rounds[answerer].push({
          ...sample,
          cpu: (usage(pid).cpu - before) / 1_000 / sample.requests
        })
    }
  }
  const toThat = (answerer: Answerer, other: Answerer): Spread =>
    spread(rounds[answerer].map(({ p50 }, index) => p50 / (rounds[other][index]?.p50 ?? NaN)))
  return measured.map(answerer => ({
    kind: kind.name,
    answerer,
    p50: spread(rounds[answerer].map(({ p50 }) => p50)),
    p99: spread(rounds[answerer].map(({ p99 }) => p99)),
    toPlugin: toThat(answerer, 'plugin'),
    toCalls: kind.activity ? undefined : toThat(answerer, 'calls'),
    cpu: spread(rounds[answerer].map(({ cpu }) => cpu))
  }))
}

function answerTable(rows: readonly Row[]): Table {
  return {
    title: 'Time of an answer',
    header: ['', 'by', 'p50 ms', 'p99 ms', '× plugin', '× the calls alone', 'CPU ms'],
    rows: rows.map(({ kind, answerer, p50, p99, toPlugin, toCalls, cpu }) => [
      kind,
      names[answerer],
      show(p50),
      show(p99),
      show(toPlugin),
      answerer === 'plugin' || toCalls === undefined ? '' : show(toCalls),
      show(cpu)
    ])
  }
}
