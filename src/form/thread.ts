import { parentPort, type MessagePort } from 'node:worker_threads'
import { check, type Check } from './check.ts'

/** What runs in the worker thread: each message is a check, and each answer is its verdict. */
export async function serve(port: MessagePort | null): Promise<void> {
  // The first check takes longest, so it is made before anybody waits.
  await check({ form: '{"type":"object"}', output: '{}' })
  port?.on('message', (message: Check) => {
    void check(message).then(verdict => port.postMessage(verdict))
  })
  port?.postMessage('ready')
}

await serve(parentPort)
