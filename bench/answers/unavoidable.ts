import { loadEach } from '../load/load.ts'
import { smallRecord } from '../load/workload.ts'
import type { Request } from '../load/workload.ts'
import type { Plan } from '../plan.ts'
import { show, spread } from '../report/statistics.ts'
import type { Spread } from '../report/statistics.ts'
import type { Table } from '../report/section.ts'
import { authorization, create } from '../upstreams/seed.ts'
import { region } from '../../test/helpers/step-functions.ts'
import { records } from './kinds.ts'
import type { Stage } from './stage.ts'

/** Milliseconds of each call that every answer needs, as a load tool measures them. */
export type Unavoidable = { name: string; p50: Spread }[]

// It has the parts that AWS wants, and nobody checks their contents
const signature = [
  `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/${region}/states/aws4_request`,
  'SignedHeaders=host',
  `Signature=${'0'.repeat(64)}`
].join(', ')

const headers = { authorization: authorization('alice') }
const json = { ...headers, 'content-type': 'application/json' }
const update = JSON.stringify({
  data: { status: 'SUCCEED', answeredBy: 'account:alice', answeredAt: new Date(0).toISOString() }
})

/** The requests of an answer to Kinto for its record, in this order. */
export const recordRequests = {
  'GET record': { method: 'GET', headers, status: 200 },
  'PATCH that proves the right': {
    method: 'PATCH',
    headers: { ...json, 'if-match': '"99999999999999999999"' },
    body: '{"data": {}}',
    status: 412
  },
  'PATCH that notes the answer': { method: 'PATCH', headers: json, body: update, status: 200 }
} as const satisfies Record<string, Request>

/** A call to Step Functions. */
export function reportRequest(operation: string, input: object): Request {
  return {
    method: 'POST',
    headers: {
      authorization: signature,
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `AWSStepFunctions.${operation}`
    },
    body: JSON.stringify(input),
    status: 200
  }
}

/**
 * Creates records that Alice may write.
 * @returns their paths
 */
export async function createRecords(kinto: string, count: number): Promise<string[]> {
  const bodies = Array.from({ length: count }, () => ({
    data: smallRecord,
    permissions: { write: ['account:alice'] }
  }))
  return (await create(kinto, records, bodies)).map(id => `${records}/${id}`)
}

/** Measures the calls one by one. As with the answers, each has records of its own. */
export async function measureUnavoidable(
  { kinto, stepFunctions }: Stage,
  plan: Plan
): Promise<Unavoidable> {
  const [taskToken] = await stepFunctions.waiting(1)
  const count = Math.ceil(plan.answers / plan.rounds)
  const [get, probe, root, report, patch] = [
    new Call('GET record'),
    new Call('PATCH that proves the right'),
    new Call('GET root view'),
    new Call('a call to Step Functions'),
    new Call('PATCH that notes the answer')
  ]
  for (let round = 0; round < plan.rounds; round++) {
    const paths = await createRecords(kinto.url, count)
    await get.ask(kinto.url, paths, recordRequests[get.name])
    await probe.ask(kinto.url, paths, recordRequests[probe.name])
    await root.ask(
      kinto.url,
      paths.map(() => '/v1/'),
      { method: 'GET', headers, status: 200 }
    )
    await report.ask(
      stepFunctions.endpoint,
      paths.map(() => '/'),
      reportRequest('SendTaskHeartbeat', { taskToken })
    )
    await patch.ask(kinto.url, paths, recordRequests[patch.name])
  }
  return [get, probe, root, report, patch].map(({ name, p50 }) => ({ name, p50 }))
}

export function unavoidableTable(calls: Unavoidable): Table {
  return {
    title: 'Calls that an answer cannot avoid, each by itself',
    header: ['', 'p50 ms'],
    rows: calls.map(({ name, p50 }) => [name, show(p50)])
  }
}

class Call<Name extends string> {
  readonly name: Name
  readonly #times: number[] = []

  constructor(name: Name) {
    this.name = name
  }

  get p50(): Spread {
    return spread(this.#times)
  }

  async ask(url: string, paths: readonly string[], request: Request): Promise<void> {
    this.#times.push((await loadEach(url, paths, request)).p50)
  }
}
