import type { ContenderName } from '../contenders/contenders.ts'

/** Whose growth is looked at. */
export function watched(quick: boolean): ContenderName[] {
  return quick ? ['service', '@fastify/http-proxy'] : ['nginx', 'service', '@fastify/http-proxy']
}
