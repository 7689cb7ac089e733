import type { BaseLogger } from 'pino'

/** Where operators read what clients are not told. Never a token, an `Authorization` or a secret. */
export type Log = Pick<BaseLogger, 'info' | 'warn' | 'error'>
