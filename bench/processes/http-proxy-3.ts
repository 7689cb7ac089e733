import { Agent, createServer } from 'node:http'
import { createProxyServer } from 'http-proxy-3'

// Without an agent it would open a connection for each request
const proxy = createProxyServer({
  target: process.argv[2] ?? '',
  agent: new Agent({ keepAlive: true })
})
proxy.on('error', (_error, _request, response) => {
  response.destroy()
})
const server = createServer((request, response) => {
  proxy.web(request, response)
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (typeof address === 'object' && address !== null)
    process.stdout.write(`listening http://127.0.0.1:${address.port}\n`)
})
