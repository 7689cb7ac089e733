import t from 'tap'
import { Metrics } from '../../src/admin/metrics.ts'

const prefix = 'kinto_stepfunction_'

/** The service's own series, without those that are 0. */
async function series(metrics: Metrics): Promise<string[]> {
  return (await metrics.text()).body
    .split('\n')
    .filter(line => line.startsWith(prefix) && !line.endsWith(' 0'))
    .map(line => line.slice(prefix.length))
}

t.test('what is counted', async t => {
  const metrics = new Metrics()
  t.same(await series(metrics), [])
  metrics.answered('accepted')
  for (const outcome of ['created', 'created', 'refused']) metrics.asked(outcome)
  for (const token of ['sealed', 'unknown key']) metrics.recordRead(token)
  metrics.statusTakenBack()
  metrics.request('relayed', 'GET', 200)
  t.same(await series(metrics), [
    'requests_total{route="relayed",method="GET",status="200"} 1',
    'answers_total{outcome="accepted"} 1',
    'questions_total{outcome="created"} 2',
    'questions_total{outcome="refused"} 1',
    'records_read_total{token="sealed"} 1',
    'records_read_total{token="unknown key"} 1',
    'statuses_taken_back_total 1'
  ])
  metrics.statusTakenBack()
  for (const method of ['GET', 'BREW']) metrics.request('relayed', method, 200)
  t.match(await series(metrics), [
    'requests_total{route="relayed",method="GET",status="200"} 2',
    'requests_total{route="relayed",method="other",status="200"} 1'
  ])
  t.ok((await series(metrics)).includes('statuses_taken_back_total 2'))
})

t.test('what is measured, and what is asked when somebody reads', async t => {
  const metrics = new Metrics()
  metrics.measure({
    requestsInFlight: () => 3,
    pollsOpen: () => 2,
    unsavedSince: () => [performance.now(), performance.now() - 5_000]
  })
  metrics.upstreamAnswered(0.02)
  metrics.awsCalled('SendTaskSuccess', 'ok', 0.02)
  const lines = await series(metrics)
  for (const line of [
    'requests_in_flight 3',
    'polls_open 2',
    'tokens_held 2',
    'upstream_seconds_bucket{le="0.025"} 1',
    'aws_call_seconds_count{operation="SendTaskSuccess",result="ok"} 1'
  ])
    t.ok(lines.includes(line), line)
  t.ok(lines.some(line => /^tokens_held_oldest_seconds 5(\.\d+)?$/.test(line)))
})
