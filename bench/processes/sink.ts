import { createServer } from 'node:http'

// Responds to an upload when all of it is there; nginx alone would not wait for that
const server = createServer((request, response) => {
  request
    .on('end', () => {
      response.end('{}')
    })
    .resume()
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (typeof address === 'object' && address !== null)
    process.stdout.write(`listening http://127.0.0.1:${address.port}\n`)
})
