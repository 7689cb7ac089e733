import { setTimeout as sleep } from 'node:timers/promises'
import { answer } from '../helpers/service.ts'

// A thousand connections of one reviewer, in a process of their own: what measures how long others
// wait must not wait for these.

const [url = '', uri = '', seconds = ''] = process.argv.slice(2)
const end = Date.now() + Number(seconds) * 1_000

await Promise.all(
  Array.from({ length: 1_000 }, async () => {
    while (Date.now() < end) {
      await answer({ url }, uri, { answer: 'SUCCEED' }, 'bob').catch(() => undefined)
      await sleep(1_000)
    }
  })
)
