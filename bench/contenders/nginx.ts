import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeRunFolder } from '../../demo/parts/folder.ts'
import { freePort } from '../../demo/parts/ready.ts'
import { launch } from '../parts/launch.ts'
import type { Launched } from '../parts/launch.ts'
import { tool } from '../parts/tools.ts'

export interface NginxOptions {
  name: string
  cores: string
  /** More of the block `http`: `upstream`s. */
  http?: string
  /** The block `server`: `location`s. */
  server: string
  /** nginx's log format for each request; by default nothing is logged. */
  access?: string
  /** A path whose GET gives 200. */
  ready: string
}

/** Starts nginx with one worker. */
export async function startNginx({
  name,
  cores,
  http = '',
  server,
  access,
  ready
}: NginxOptions): Promise<Launched> {
  const folder = makeRunFolder('nginx')
  const port = await freePort()
  const log =
    access === undefined
      ? 'access_log off;'
      : `log_format bench '${access}'; access_log access.log bench;`
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map(kind => `${kind}_temp_path ${kind};`)
    .join(' ')
  writeFileSync(
    join(folder, 'nginx.conf'),
    `
daemon off; worker_processes 1; pid nginx.pid; error_log stderr error;
${process.getuid?.() === 0 ? 'user root;' : ''}
events { worker_connections 8192; }
http {
  ${temporary}
  ${log}
  default_type application/json; sendfile on; tcp_nopush on;
  keepalive_requests 1000000000; client_max_body_size 0;
  ${http}
  server { listen 127.0.0.1:${port} backlog=4096; ${server} }
}
`
  )
  const url = `http://127.0.0.1:${port}`
  return await launch({
    name,
    command: [tool('nginx'), '-p', folder, '-e', 'stderr', '-c', 'nginx.conf'],
    cores,
    folder,
    url,
    ready
  })
}

/** Starts nginx as a proxy that streams both ways and keeps its upstream connections. */
export async function startNginxProxy(
  upstream: string,
  cores: string,
  ready: string,
  access?: string
): Promise<Launched> {
  return await startNginx({
    name: 'nginx',
    cores,
    ready,
    ...(access !== undefined && { access }),
    http: `upstream kinto {
      server ${new URL(upstream).host}; keepalive 512; keepalive_requests 1000000000;
    }`,
    server: `location / {
      proxy_pass http://kinto; proxy_http_version 1.1;
      proxy_set_header Connection ""; proxy_set_header Host $http_host;
      proxy_request_buffering off; proxy_max_temp_file_size 0;
    }`
  })
}
