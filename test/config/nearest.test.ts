import t from 'tap'
import { nearest } from '../../src/config/nearest.ts'

const names = ['resources', 'listen', 'admin_listen', 'aws_access_key', 'aws_secret_key']

for (const [word, meant] of [
  ['resource', ['resources']],
  ['recources', ['resources']],
  ['lsiten', ['listen']],
  ['admin-listen', ['admin_listen']],
  ['aws_access_key_id', ['aws_access_key']],
  ['aws_secret_access_key', ['aws_access_key', 'aws_secret_key']],
  ['timeout', []],
  ['', []]
] as const) {
  t.test(`${JSON.stringify(word)} is close to ${meant.join(' and ') || 'nothing'}`, async t =>
    t.same(nearest(word, names), meant)
  )
}
