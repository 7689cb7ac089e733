import { setTimeout as sleep } from 'node:timers/promises'
import { startAnswering } from '../answers/stage.ts'
import { usage } from '../parts/usage.ts'
import type { Plan } from '../plan.ts'
import type { Table } from '../report/section.ts'
import { digits } from '../report/statistics.ts'
import type { Plot } from '../report/svg.ts'
import { startScriptedKinto } from '../upstreams/scripted-kinto.ts'
import { authorization } from '../upstreams/seed.ts'
import { startStepFunctions } from '../upstreams/step-functions.ts'

export interface Waiting {
  count: number
  /** MB of resident memory while they wait. */
  memory: number
  /** The most polls of the activity that were open at one time. */
  polls: number
  /** Milliseconds from the moment when all tasks are there to the response to the last answer. */
  delivered: number
}

const collection = '/buckets/stepfunction/collections/manual_steps'
// For the record, the probe and the root view
const callsBefore = 3

/**
 * Lets answers wait for the tasks of one activity, then gives them their tasks. Kinto is a scripted
 * one, in this process.
 */
export async function measureWaiting({ quick }: Plan): Promise<Waiting[]> {
  const kinto = await startScriptedKinto()
  const stepFunctions = await startStepFunctions(0)
  const found: Waiting[] = []
  // One caller may have 250 answers checked at a time.
  const counts = quick ? [1, 250] : [1, 10, 100, 250]
  for (const count of counts) {
    const service = await startAnswering(kinto.url, stepFunctions)
    const activityArn = await stepFunctions.createActivity(`Waiting${count}`)
    const ids = Array.from({ length: count }, () => crypto.randomUUID())
    for (const id of ids)
      kinto.store.put(
        `${collection}/records/${id}`,
        { activityArn },
        { write: ['account:alice', 'account:stepfunction'] }
      )
    const before = kinto.count()
    const replies = Promise.all(
      ids.map(async id => await answer(`${service.url}/v1${collection}/records/${id}/stepfunction`))
    )
    while (kinto.count() < before + callsBefore * count) await sleep(20)
    await sleep(500)
    const { memory } = usage(service.pid)
    const started = performance.now()
    await stepFunctions.schedule(activityArn, ids)
    const wrong = (await replies).filter(status => status !== 200)
    if (wrong.length > 0)
      throw new Error(`${wrong.length} of ${count} waiting answers were refused: ${wrong[0]}.`)
    found.push({
      count,
      memory: memory / 1e6,
      polls: (await stepFunctions.seen()).mostPolls,
      delivered: performance.now() - started
    })
    service.kill('SIGKILL')
    await service.exited
  }
  kinto.close()
  return found
}

export function waitingTable(found: readonly Waiting[]): Table {
  return {
    title: 'Answers that wait for one activity',
    header: ['waiting', 'MB', 'polls open at one time', 'ms until all are answered'],
    rows: found.map(({ count, memory, polls, delivered }) => [
      String(count),
      digits(memory),
      String(polls),
      digits(delivered)
    ])
  }
}

export function waitingPlot(found: readonly Waiting[]): Plot {
  return {
    name: 'memory-waiting',
    title: 'Memory with answers that wait for one activity',
    x: 'waiting answers',
    y: 'MB',
    marks: found.map(({ count }) => String(count)),
    lines: [{ name: 'service', values: found.map(({ memory }) => memory) }]
  }
}

async function answer(url: string): Promise<number> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: authorization('alice'), 'content-type': 'application/json' },
    body: '{"answer": "SUCCEED"}'
  })
  await response.arrayBuffer()
  return response.status
}
