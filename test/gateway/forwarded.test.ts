import { readdirSync } from 'node:fs'
import { join } from 'node:path'

// The tests of the pass-through, which have shown it for requests that are relayed, once more for those that are inspected and
// forwarded. But for TLS: that is no matter of the way, and its test changes whom the whole process trusts.
process.env['GATEWAY_WAY'] = 'forwarded'
const names = readdirSync(import.meta.dirname).filter(
  name => /^(forward|trap)-.*\.test\.ts$/.test(name) && !name.startsWith('trap-01-')
)
for (const name of names) await import(join(import.meta.dirname, name))
