import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import t from 'tap'
import { cannotListen } from '../src/listening.ts'

/** The error of a server that cannot listen there. */
async function errorAt(host: string, port: number): Promise<unknown> {
  const server = createServer()
  const [error] = await once(server.listen(port, host), 'error')
  return error
}

t.test('each reason in one sentence, with the address and the setting', async t => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  t.teardown(() => taken.close())
  const { port } = taken.address() as AddressInfo
  for (const [host, at, sentence] of [
    ['127.0.0.1', port, /^The service cannot listen at 127\.0\.0\.1:\d+ \(.*\): a program listens/],
    ['192.0.2.1', 0, / at 192\.0\.2\.1:0 \(stepfunction\.listen\): this machine has no such /],
    ['2001:db8::1', 1, / at \[2001:db8::1\]:1 \(stepfunction\.listen\): this machine has no such /],
    ['none.invalid', 0, / at none\.invalid:0 \(stepfunction\.listen\): no address is known/]
  ] as const) {
    const address = { host, port: at }
    t.match(cannotListen('listen', address, await errorAt(host, at)), sentence)
  }
})

t.test('ports below 1024, and what nobody thought of', async t => {
  const address = { host: '0.0.0.0', port: 80 }
  // The tests may run as root, who may listen everywhere.
  const denied = Object.assign(new Error('listen EACCES'), { code: 'EACCES', syscall: 'listen' })
  t.equal(
    cannotListen('admin_listen', address, denied),
    'The service cannot listen at 0.0.0.0:80 (stepfunction.admin_listen): this user may not. ' +
      'Ports below 1024 are for administrators: choose another port, ' +
      'or give the process the right (CAP_NET_BIND_SERVICE).'
  )
  t.match(cannotListen('listen', address, new Error('strange')), /choose another address\.$/)
  t.match(cannotListen('listen', address, 'strange'), /choose another address\.$/)
})
