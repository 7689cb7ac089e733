import type { ContenderName } from '../contenders/contenders.ts'

/** The contenders whose growth is measured. */
export function watched(quick: boolean): ContenderName[] {
  return quick ? ['service', '@fastify/http-proxy'] : ['nginx', 'service', '@fastify/http-proxy']
}
