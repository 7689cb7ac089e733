import { isIP } from 'node:net'
import { hostname } from 'node:os'

/**
 * Whether a request with this `Host` is for the admin listener. A web page elsewhere can have its
 * own name point here (DNS rebinding), and its visitors' browsers would then read for it what only
 * they can reach. Addresses do not have that problem, and HTTP/1.0 without `Host` is no browser.
 */
export function isForUs(host: string | undefined, names: readonly string[]): boolean {
  if (host === undefined) return true
  const url = URL.parse(`http://${host}`)
  if (url === null) return false
  // With a dot at its end it is the same name (RFC 1034 §3.1).
  const name = url.hostname.replace(/\.$/, '')
  const address = name.replace(/^\[(.*)\]$/, '$1')
  return isIP(address) !== 0 || ['localhost', hostname().toLowerCase(), ...names].includes(name)
}
