import { startPostgres } from '../../demo/parts/postgres.ts'
import type { Postgres } from '../../demo/parts/postgres.ts'
import { cores } from '../parts/cores.ts'
import { tool } from '../parts/tools.ts'

/** Starts a PostgreSQL on the cores of the upstream. */
export async function startDatabase(): Promise<Postgres> {
  return await startPostgres({ under: [tool('taskset'), '--cpu-list', cores.upstream] })
}
