import { readdirSync } from 'node:fs'
import { join } from 'node:path'

// The tests of the pass-through run with requests that are relayed. Here they run once more with
// requests that are inspected and forwarded. TLS is left out: it is the same for both, and its test
// changes the certificates that the whole process trusts.
process.env['GATEWAY_WAY'] = 'forwarded'
const names = readdirSync(import.meta.dirname).filter(
  name => /^(forward|trap)-.*\.test\.ts$/.test(name) && !name.startsWith('trap-01-')
)
for (const name of names) await import(join(import.meta.dirname, name))
