import { loadEach } from '../load/load.ts'
import type { Sample } from '../load/sample.ts'
import { haveTools } from '../parts/tools.ts'
import { usage } from '../parts/usage.ts'
import type { Plan } from '../plan.ts'
import type { Section, Table } from '../report/section.ts'
import { digits, show, spread } from '../report/statistics.ts'
import type { Spread } from '../report/statistics.ts'
import { callsTable, countCalls } from './calls.ts'
import { answering, kinds, prepare } from './kinds.ts'
import type { Kind } from './kinds.ts'
import { profileKinto, profileService } from './profiles.ts'
import { setStage } from './stage.ts'
import type { Stage } from './stage.ts'
import { measureUnavoidable, unavoidableTable } from './unavoidable.ts'

const answerers = ['service', 'plugin'] as const

interface Row {
  kind: string
  answerer: (typeof answerers)[number]
  /** Milliseconds. */
  p50: Spread
  p99: Spread
  /** p50 as a multiple of the plugin's in the same round. */
  toPlugin: Spread
  /** Milliseconds of CPU of the answerer: all of Kinto, for the plugin. */
  cpu: Spread
}

type Measured = Sample & { cpu: number }

/** The time of an answer, beside the calls that it needs and a plugin inside of Kinto. */
export async function measureAnswers (plan: Plan, stop: () => Promise<void>): Promise<Section | undefined> {
  if (!haveTools('answers', 'initdb', 'postgres')) return undefined
  const stage = await setStage(plan.stepFunctionsMs)
  const rows: Row[] = []
  for (const kind of kinds) rows.push(...await measureKind(stage, kind, plan))
  const unavoidable = await measureUnavoidable(stage, plan)
  const calls = await countCalls(stage)
  const profiles = plan.quick ? [] : [await profileService(stage, plan), await profileKinto(stage, plan)]
  // It would wait for its poll to end
  stage.service.kill('SIGKILL')
  await stop()
  return {
    title: 'Answers',
    notes: [
      `One after the other, each to a record of its own. Each call to Step Functions takes ${plan.stepFunctionsMs} ms and its network nothing; all else is real: Kinto on PostgreSQL, the AWS SDKs.`,
      'The plugin answers inside of Kinto, as the one of 2017 did (`bench/plugin`): it reads and writes the database without HTTP.',
      `The calls that the service cannot avoid take ${digits(unavoidable.sum)} ms together (p50): the record, the slower of probe and root view, Step Functions, the update.`,
      ...profiles.map(({ note }) => note)
    ],
    tables: [answerTable(rows, unavoidable.sum), unavoidableTable(unavoidable), callsTable(calls), ...profiles.map(({ table }) => table)],
    plots: [],
    data: { rows, unavoidable, calls, profiles: profiles.map(({ data }) => data) }
  }
}

async function measureKind (stage: Stage, kind: Kind, plan: Plan): Promise<Row[]> {
  const rounds: Record<Row['answerer'], Measured[]> = { service: [], plugin: [] }
  const activities = { service: '', plugin: '' }
  for (const answerer of answerers) activities[answerer] = await stage.stepFunctions.createActivity(`${answerer}${kinds.indexOf(kind)}`)
  for (let round = -1; round < plan.rounds; round++) {
    for (const answerer of round % 2 === 0 ? answerers : answerers.toReversed()) {
      const { url, pid } = stage[answerer]
      const paths = await prepare(stage.kinto.url, stage.stepFunctions, kind, activities[answerer], Math.ceil(plan.answers / plan.rounds))
      const before = usage(pid).cpu
      const sample = await loadEach(url, paths, answering(kind))
      // The first round is for what compiles as it runs
      if (round >= 0) rounds[answerer].push({ ...sample, cpu: (usage(pid).cpu - before) / 1_000 / sample.requests })
    }
  }
  return answerers.map(answerer => ({
    kind: kind.name,
    answerer,
    p50: spread(rounds[answerer].map(({ p50 }) => p50)),
    p99: spread(rounds[answerer].map(({ p99 }) => p99)),
    toPlugin: spread(rounds[answerer].map(({ p50 }, index) => p50 / (rounds.plugin[index]?.p50 ?? NaN))),
    cpu: spread(rounds[answerer].map(({ cpu }) => cpu))
  }))
}

function answerTable (rows: readonly Row[], unavoidable: number): Table {
  return {
    title: 'Time of an answer',
    header: ['', 'by', 'p50 ms', 'p99 ms', '× plugin', '× unavoidable', 'CPU ms'],
    rows: rows.map(({ kind, answerer, p50, p99, toPlugin, cpu }) => [
      kind, answerer, show(p50), show(p99), show(toPlugin), answerer === 'plugin' ? '' : digits(p50.median / unavoidable), show(cpu)
    ])
  }
}
