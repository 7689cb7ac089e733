import type { Address } from './config/values.ts'

/**
 * Why nothing can listen at an address, and what to do, in one sentence. `setting` is the one that
 * names the address.
 */
export function cannotListen(setting: string, { host, port }: Address, error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
  const reason = reasons.get(code) ?? 'choose another address.'
  const at = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
  return `The service cannot listen at ${at} (stepfunction.${setting}): ${reason}`
}

const reasons = new Map<unknown, string>([
  ['EADDRINUSE', 'a program listens there already. Stop it, or choose another port.'],
  [
    'EACCES',
    'this user may not. Ports below 1024 are for administrators: choose another port, ' +
      'or give the process the right (CAP_NET_BIND_SERVICE).'
  ],
  [
    'EADDRNOTAVAIL',
    'this machine has no such address. Choose one that it has, or 0.0.0.0 for all of them.'
  ],
  ['ENOTFOUND', 'no address is known for this name. Choose an address, or 0.0.0.0 for all.']
])
