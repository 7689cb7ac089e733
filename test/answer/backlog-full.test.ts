import { pino } from 'pino'
import t from 'tap'
import { Backlog } from '../../src/answer/backlog.ts'
import { RecordReader } from '../../src/answer/record/reader.ts'
import { KintoSession } from '../../src/kinto/session.ts'
import { createUpstream } from '../../src/kinto/upstream.ts'

t.test('only so many are tried at one time', async t => {
  const log: string[] = []
  const upstream = createUpstream({ origin: 'http://127.0.0.1:1', timeoutMs: 1_000 })
  const serviceAccount = () =>
    new KintoSession(
      { dispatcher: upstream.dispatcher, origin: 'http://127.0.0.1:1', timeoutMs: 1_000 },
      [],
      () => 1_000
    )
  const reader = new RecordReader({
    policy: { allowedArns: [], region: undefined },
    seals: undefined,
    sealRequired: [],
    observe() {}
  })
  const backlog = new Backlog({
    serviceAccount,
    reader,
    log: pino(
      {},
      {
        write: (line: string) => {
          log.push(line)
        }
      }
    )
  })
  for (let index = 0; index <= 1_000; index++) {
    const reading = reader.read(
      { version: 'v1', bucket: 'b', collection: 'c', record: `r${index}` },
      { taskToken: 'T' }
    )
    backlog.add({ reading, taskToken: 'T', decision: { answer: 'FAIL', proof: 'report' } })
  }
  t.match(log, [/1000 others wait.*records\/r1000/])
  await backlog.stop()
  t.equal(log.length, 1_001, 'what could not be recorded is in the log')
  await upstream.close()
})
