import Fastify from 'fastify'
import httpProxy from '@fastify/http-proxy'

// @fastify/http-proxy with its defaults
const app = Fastify()
await app.register(httpProxy, { upstream: process.argv[2] ?? '' })
process.stdout.write(`listening ${await app.listen({ host: '127.0.0.1', port: 0 })}\n`)
