import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { banner } from '../../../demo/parts/banner.ts'
import { makeRunFolder } from '../../../demo/parts/folder.ts'
import type { KintoOptions } from '../../../demo/parts/kinto.ts'
import { hasPostgres, startPostgres } from '../../../demo/parts/postgres.ts'

/** Where Kinto keeps its data: it has them again after it was killed. */
export interface Storage {
  /** For the report. */
  name: string
  options: KintoOptions
  stop: () => Promise<void>
}

/** PostgreSQL where it is installed, else a file. */
export async function startStorage(): Promise<Storage> {
  if (!hasPostgres()) {
    process.stderr.write(
      banner([
        'NOT ON POSTGRESQL: the soak keeps the data of Kinto in a file.',
        'Writes do not meet there as they do in PostgreSQL (Debian: apt install postgresql).'
      ])
    )
    return inFile()
  }
  const postgres = await startPostgres()
  return {
    name: 'PostgreSQL',
    options: { database: await postgres.createDatabase() },
    stop: postgres.stop
  }
}

function inFile(): Storage {
  const folder = makeRunFolder('soak')
  mkdirSync(folder, { recursive: true })
  return {
    name: 'a file, and NOT IN POSTGRESQL',
    options: {
      modules: join(import.meta.dirname, '..', 'kinto'),
      settings: {
        'kinto.includes': 'kinto.plugins.default_bucket kinto.plugins.accounts kept',
        'kinto.storage_backend': 'kept_storage',
        'kinto.permission_backend': 'kept_permission',
        'kinto.storage_url': join(folder, 'data'),
        'kinto.userid_hmac_secret': 'the same after each restart'
      }
    },
    stop: async () => {}
  }
}
