import { workerData, type MessagePort } from 'node:worker_threads'
import { check, type Check } from './check.ts'

// What runs in the worker thread: each message is a check, and each reply its result. It ends
// when the other end of its port is closed.
const port: MessagePort = workerData

// The first check takes longest, so it is made before anybody waits.
await check({ form: '{"type":"object"}', output: '{}' })
port.on('message', (message: Check) => {
  void check(message).then(result => port.postMessage(result))
})
port.postMessage('ready')
