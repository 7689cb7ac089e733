import { join } from 'node:path'
import { projectFolder } from '../../demo/parts/folder.ts'
import type { KintoServer } from '../../demo/parts/kinto.ts'
import { ensureEnvironment } from '../../demo/parts/python.ts'
import { freePort } from '../../demo/parts/ready.ts'

/**
 * How uWSGI speaks HTTP: by itself, as in Kinto's Makefile and tutorials (`http-socket`), or with
 * its router in front, which can keep connections (`http`).
 * https://uwsgi-docs.readthedocs.io/en/latest/HTTP.html
 */
export type UwsgiMode = 'http-socket' | 'http'

/**
 * uWSGI in place of Kinto's own command. The first call installs it.
 * @throws PartsMissing as ensurePython()
 */
export async function uwsgi(mode: UwsgiMode): Promise<KintoServer> {
  // The router does not say which port it got.
  const address = `127.0.0.1:${await freePort()}`
  return {
    python: await uwsgiPython(),
    url: `http://${address}`,
    args: ini => [
      '-W',
      'ignore',
      '-c',
      'import sys, pyuwsgi; pyuwsgi.run(sys.argv[1:])',
      `--${mode}=${address}`,
      ...(mode === 'http' ? ['--http-keepalive'] : []),
      `--paste=config:${ini}`,
      '--single-interpreter',
      '--need-app',
      '--master',
      '--die-on-term',
      '--threads=8',
      '--disable-logging'
    ]
  }
}

/** The Python that has uWSGI and Kinto. */
export async function uwsgiPython(): Promise<string> {
  return await ensureEnvironment({
    name: 'uwsgi',
    holds: 'Kinto on uWSGI',
    requirements: [
      join(projectFolder, 'test', 'matrix', 'uwsgi.txt'),
      join(projectFolder, 'demo', 'parts', 'requirements.txt')
    ]
  })
}
