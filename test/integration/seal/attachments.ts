import { as } from '../../helpers/service.ts'
import type { World } from './world.ts'

/** Settings of a Kinto that keeps uploads in this folder. */
export function withAttachments(folder: string): Record<string, string> {
  return {
    'kinto.includes':
      'kinto.plugins.default_bucket kinto.plugins.accounts ' +
      'kinto.plugins.history kinto_attachment',
    'kinto.attachment.base_path': folder,
    'kinto.attachment.base_url': 'http://files.example/'
  }
}

/** Uploads a file to a record as alice, with fields of the record beside it. */
export async function upload(
  { service }: World,
  uri: string,
  data: object
): Promise<{ status: number }> {
  const form = new FormData()
  form.set('data', JSON.stringify(data))
  form.set('attachment', new File(['x'], 'x.txt'))
  return await fetch(`${service.url}/v1${uri}/attachment`, {
    method: 'POST',
    headers: { authorization: as('alice') },
    body: form
  })
}
