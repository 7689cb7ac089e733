import { randomUUID } from 'node:crypto'
import { truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeRunFolder } from '../../demo/parts/folder.ts'
import { startNginx } from '../contenders/nginx.ts'
import {
  listPath,
  listRecord,
  listSize,
  recordPath,
  smallRecord,
  uploadPath
} from '../load/workload.ts'
import { cores } from '../parts/cores.ts'
import { launch } from '../parts/launch.ts'
import type { Launched } from '../parts/launch.ts'

/** Responses of this many bytes; each has its own path. */
export const downloads = [2 ** 20, 2 ** 24, 2 ** 27, 2 ** 30] as const

/**
 * Starts an nginx that responds as Kinto would, without Kinto's work, so that the cost of a proxy
 * is all that is left. Bodies are read and thrown away.
 */
export async function startStatic(): Promise<Launched> {
  const files = makeRunFolder('static')
  const record = JSON.stringify({
    data: { ...smallRecord, id: randomUUID(), last_modified: Date.now() },
    permissions: {}
  })
  const list = JSON.stringify({
    data: Array.from({ length: listSize }, () => ({
      ...listRecord,
      id: randomUUID(),
      last_modified: Date.now()
    }))
  })
  writeFileSync(join(files, 'record.json'), record)
  writeFileSync(join(files, 'list.json'), list)
  for (const size of downloads) {
    // A sparse file, which takes no room on the disk
    writeFileSync(join(files, String(size)), '')
    truncateSync(join(files, String(size)), size)
  }
  const sink = await launch({
    name: 'upload sink',
    command: [process.execPath, join(import.meta.dirname, '..', 'processes', 'sink.ts')],
    cores: cores.upstream,
    folder: files
  })
  return await startNginx({
    name: 'static upstream',
    cores: cores.upstream,
    ready: recordPath,
    http: `upstream sink { server ${new URL(sink.url).host}; keepalive 64; }`,
    server: `
      location = ${recordPath} { alias ${files}/record.json; }
      location = ${recordPath.slice(0, -1)}c { return 200 '${record}'; }
      location = ${listPath} { alias ${files}/list.json; }
      location = /v1/batch { return 200 '{"responses": []}'; }
      location = ${uploadPath} {
        proxy_pass http://sink; proxy_http_version 1.1;
        proxy_set_header Connection ""; proxy_request_buffering off;
      }
      location /v1/download/ { alias ${files}/; }`
  })
}
