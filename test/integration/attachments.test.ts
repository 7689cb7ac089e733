import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, createReadStream, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename, join } from 'node:path'
import t, { type Test } from 'tap'
import { needsParts } from '../helpers/real.ts'
import { as, call, collection } from '../helpers/service.ts'
import { startStepFunctions } from '../helpers/step-functions.ts'
import { runPython } from './python/run.ts'
import { put, startStage } from './stage.ts'

t.test(
  'attachments through the service',
  needsParts('the attachments plugin of Kinto'),
  async t => {
    const folder = t.testdir({ stored: {}, sent: {}, fetched: {} })
    const stored = join(folder, 'stored')
    const publicUrl = await startFiles(t, stored)
    const { service, kinto } = await startStage(t, await startStepFunctions(t), {
      settings: {
        'kinto.includes': 'kinto.plugins.accounts kinto_attachment',
        'kinto.attachment.base_path': stored,
        'kinto.attachment.base_url': publicUrl
      }
    })
    const url = `${service.url}/v1${collection}/records`
    const authorization = as('alice')

    await t.test(
      'with the Python client: a file of 5 MiB, another in its place, and none',
      async t => {
        const files = ['first.json', 'second.json'].map((name, index) => {
          const file = join(folder, 'sent', name)
          writeFileSync(file, randomBytes((5 - index) * 2 ** 20))
          return file
        })
        const saw = await runPython(
          'attachments.py',
          `${service.url}/v1`,
          'alice',
          'report',
          ...files,
          join(folder, 'fetched')
        )
        t.match(saw, {
          capability: { base_url: publicUrl },
          first: { filename: 'first.json', size: 5 * 2 ** 20, hash: /^[0-9a-f]{64}$/ },
          'first record': { title: 'first', attachment: { filename: 'first.json' } },
          'first is whole': true,
          'second record': {
            title: 'second',
            attachment: { filename: 'second.json', size: 4 * 2 ** 20 }
          },
          'second is whole': true,
          removed: null,
          record: { title: 'second', attachment: null }
        })
        t.ok(saw.first.location.startsWith(publicUrl))
        t.same(readdirSync(stored), [], 'neither file is left')
      }
    )

    await t.test('a stream of unknown length, byte by byte, and where it can be had', async t => {
      const bytes = randomBytes(3 * 2 ** 20)
      const form = new FormData()
      form.set('data', '{"title": "streamed"}')
      form.set('attachment', new File([bytes], 'streamed.txt', { type: 'text/plain' }))
      const { headers, body } = new Response(form)
      const response = await fetch(`${url}/streamed/attachment`, {
        method: 'POST',
        headers: { authorization, 'content-type': headers.get('content-type') ?? '' },
        body,
        duplex: 'half'
      })
      const attachment: any = await response.json()
      t.match(attachment, { filename: 'streamed.txt', mimetype: 'text/plain', size: bytes.length })
      t.ok(bytes.equals(Buffer.from(await (await fetch(attachment.location)).arrayBuffer())))
      const record = await call(
        new URL(response.headers.get('location') ?? '', response.url).href,
        {
          user: 'alice'
        }
      )
      t.match(record.body.data, { id: 'streamed', title: 'streamed', attachment })
      const removed = await call(`${url}/streamed/attachment`, { method: 'DELETE', user: 'alice' })
      t.match(removed, { status: 204, text: '' })
      t.equal((await fetch(attachment.location)).status, 404)
    })

    await t.test('with write on the record alone: whatever Kinto lets them upload', async t => {
      const record = `${collection}/records/carols`
      await put(kinto, '/accounts/carol', { data: { password: 'secret' } })
      await put(
        kinto,
        record,
        { data: { taskToken: 'T' }, permissions: { write: ['account:carol'] } },
        'workflow'
      )
      const form = new FormData()
      form.set('data', '{"status": "SUCCEED"}')
      form.set('attachment', new File([randomBytes(3 * 2 ** 20)], 'carols.txt'))
      t.match(await post(`${url}/carols/attachment`, form, { authorization: as('carol') }), {
        status: 200
      })
      t.match((await call(`${url}/carols`, { user: 'carol' })).body.data, {
        taskToken: 'T',
        status: 'SUCCEED',
        attachment: { size: 3 * 2 ** 20 }
      })
    })

    await t.test('what Kinto refuses', async t => {
      const program = new FormData()
      program.set('attachment', new File(['x'], 'program.exe'))
      const refused = `${url}/refused/attachment`
      t.match(await post(refused, program), { status: 401, body: { errno: 104 } })
      t.match(await post(refused, program, { authorization }), {
        status: 400,
        body: { message: /extension/ }
      })
      t.match(await post(refused, '{}', { authorization, 'content-type': 'application/json' }), {
        status: 400,
        body: { message: /multipart/ }
      })
    })
  }
)

async function post(
  url: string,
  body: FormData | string,
  headers: Record<string, string> = {}
): Promise<object> {
  const response = await fetch(url, { method: 'POST', headers, body })
  return { status: response.status, body: await response.json() }
}

/** Starts a server of the uploaded files. Kinto puts its address before their names. */
async function startFiles(t: Test, folder: string): Promise<string> {
  const server = createServer((request, response) => {
    const file = join(folder, basename(request.url ?? ''))
    if (existsSync(file)) createReadStream(file).pipe(response)
    else response.writeHead(404).end()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}
