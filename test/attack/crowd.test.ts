import { fork } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { startService } from '../../demo/parts/service.ts'
import { combination, rounds } from '../helpers/combination.ts'
import { startKinto } from '../helpers/kinto.ts'
import { openRaw, type RawConnection } from '../helpers/raw.ts'
import { answer, as, call, collection } from '../helpers/service.ts'
import { credentials, region, startStepFunctions } from '../helpers/step-functions.ts'

t.setTimeout(900_000)

const seconds = rounds(5, 60)
const longestMs = 1_000
const skip = combination.thousands ? false : 'SKIPPED: npm run matrix -- thousand sends the crowd'

const greedyFile = fileURLToPath(import.meta.resolve('./greedy.ts'))

const uri = (id: string): string => `${collection}/records/${id}`

t.test(
  'beside a crowd of slow and greedy clients an answer takes less than a second',
  { skip },
  async t => {
    const [kinto, sfn] = await Promise.all([startKinto(t), startStepFunctions(t)])
    const writers = { write: ['account:alice', 'account:bob'] }
    kinto.store.put(uri('greedy'), { taskToken: sfn.waitCallback().taskToken }, writers)
    const service = await startService({
      env: {
        STEPFUNCTION_KINTO_URL: kinto.url,
        STEPFUNCTION_AWS_REGION: region,
        STEPFUNCTION_AWS_ENDPOINT_URL: sfn.url,
        STEPFUNCTION_AWS_ACCESS_KEY: credentials.accessKeyId,
        STEPFUNCTION_AWS_SECRET_KEY: credentials.secretAccessKey
      }
    })
    t.teardown(() => service.stop())
    const { url } = service
    const crowd = [
      ...(await many(t, url, 1_000, halfAnswer)),
      ...(await many(t, url, 200, slowUpload))
    ]
    // To a client a connection is there as soon as the system has it. The service takes one in each
    // turn of its loop (https://github.com/libuv/libuv/pull/3696), so who comes last comes after
    // all of them.
    const arriving = performance.now()
    const look = await call(`${service.url}/v1${uri('greedy')}/stepfunction`, { user: 'alice' })
    t.equal(look.status, 200)
    t.comment(`the crowd was there after ${Math.round(performance.now() - arriving)} ms`)
    const end = Date.now() + seconds * 1_000
    const greedy = fork(greedyFile, [url, uri('greedy'), String(seconds)], { detached: true })
    t.teardown(() => greedy.kill())
    const took: number[] = []
    for (let number = 0; Date.now() < end; number++) {
      const id = uri(`bobs-${number}`)
      kinto.store.put(id, { taskToken: sfn.waitCallback().taskToken }, writers)
      const begun = performance.now()
      const { status } = await answer(service, id, { answer: 'SUCCEED' }, 'alice')
      took.push(performance.now() - begun)
      if (status !== 200) t.equal(status, 200)
      for (const connection of crowd) connection.write('.')
      await sleep(200)
    }
    const sorted = took.toSorted((a, b) => a - b)
    const [median, longest] = [sorted[sorted.length >> 1] ?? 0, sorted.at(-1) ?? 0]
    t.comment(
      `${took.length} answers: median ${Math.round(median)} ms, longest ${Math.round(longest)} ms`
    )
    t.ok(longest < longestMs, `the longest took ${Math.round(longest)} ms`)
  }
)

async function many(
  t: Test,
  url: string,
  count: number,
  begin: (connection: RawConnection) => void
): Promise<RawConnection[]> {
  const connections: RawConnection[] = []
  for (let made = 0; made < count; made++) {
    const connection = await openRaw(t, url)
    begin(connection)
    connections.push(connection)
  }
  return connections
}

/** An answer of nobody, a MiB long, of which one half comes. */
function halfAnswer(connection: RawConnection): void {
  connection.write(
    `POST /v1${uri('greedy')}/stepfunction HTTP/1.1\r\nHost: x\r\n` +
      `Content-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{"answer":`
  )
}

/** An upload of somebody, whose first 100 KiB come at once, and the rest byte for byte. */
function slowUpload(connection: RawConnection): void {
  connection.write(
    `PUT /v1${uri('upload')} HTTP/1.1\r\nHost: x\r\nAuthorization: ${as('bob')}\r\n` +
      `Content-Type: application/json\r\nContent-Length: 10000000\r\n\r\n${' '.repeat(100_000)}`
  )
}
