#!/usr/bin/env node
// An import statement would be carried out before this check, and what the service is made of does not load on an older Node.js.
const oldest = 24
const { node } = process.versions

if (Number.parseInt(node, 10) < oldest) {
  process.stderr.write(`kinto-stepfunction needs Node.js ${oldest} or newer, and this is ${node}.\n`)
  process.exit(1)
}
await import('./main.ts')
