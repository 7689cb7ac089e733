import t from 'tap'
import { rounds } from '../../helpers/combination.ts'
import { call, collection } from '../../helpers/service.ts'
import { everyBackend, needs, startWorld } from './world.ts'

const perBatch = 25

for (const backend of everyBackend) {
  t.test(
    `what a look at decided records costs, ${backend}`,
    needs(backend, 'the loop with many decided records'),
    async t => {
      const { wait, answer, read, at, kinto, proxy, another, sfn } = await startWorld(t, {
        backend
      })
      const decided = await wait({ text: 'x'.repeat(1_000) })
      await answer(decided.uri)
      const { id: _id, last_modified: _version, ...data } = await read(decided.uri)
      const records = rounds(200, 10_000)
      for (let made = 0; made < records; made += perBatch) {
        const requests = Array.from({ length: perBatch }, (_none, index) => ({
          method: 'PUT',
          path: `${collection}/records/d${made + index}`,
          body: { data }
        }))
        const { status } = await call(`${kinto.url}/v1/batch`, {
          method: 'POST',
          user: 'workflow',
          body: { requests }
        })
        if (status !== 200) throw new Error(`a batch: ${status}`)
      }
      const waits = await wait({ heartbeatSeconds: 0.03 })
      const looks = async (): Promise<{ url: string; status: number; bytes: number }[]> => {
        const from = proxy.passed.length
        await heartbeat()
        await heartbeat()
        return proxy.passed.slice(from).filter(({ url }) => url.includes('/records?'))
      }
      const heartbeat = async (): Promise<void> => {
        while ((await sfn.called('SendTaskHeartbeat')).input['taskToken'] !== waits.taskToken);
      }
      const begun = proxy.passed.length
      const service = await another()
      service.service.begin()
      await heartbeat()
      const first = proxy.passed.slice(begun).filter(({ url }) => url.includes('/records?'))
      const bytes = first.reduce((sum, look) => sum + look.bytes, 0)
      t.comment(`first look: ${first.length} requests, ${bytes} bytes for ${records} records`)
      t.ok(first.length <= 2 + Math.ceil((records + 2) / 500), 'the first look takes pages')
      const second = await looks()
      t.comment(`two more: ${JSON.stringify(second.map(({ status, bytes }) => [status, bytes]))}`)
      t.ok(
        second.length <= 2 && second.every(({ status, bytes }) => status === 304 && bytes === 0),
        'a look at what did not change is one request, and nothing comes back'
      )
      await at(`${collection}/records/d1`, { method: 'PATCH', body: { data: { note: 1 } } })
      const third = await looks()
      t.comment(
        `after one change: ${JSON.stringify(third.map(({ status, bytes }) => [status, bytes]))}`
      )
      t.ok(
        third.some(({ status, bytes }) => status === 200 && bytes < 3_000),
        'one that was changed comes back alone'
      )
      t.equal(
        sfn
          .callsOf('SendTaskHeartbeat')
          .some(({ input }) => input['taskToken'] === decided.taskToken),
        false
      )
      t.match(await read(waits.uri), { subject: 'Sign off?' })
    }
  )
}
