import t from 'tap'
import { nearest } from '../../src/config/nearest.ts'

const names = ['resources', 'listen', 'admin_listen', 'aws_access_key', 'aws_secret_key']

for (const [word, name] of [
  ['resource', 'resources'],
  ['recources', 'resources'],
  ['lsiten', 'listen'],
  ['admin-listen', 'admin_listen'],
  ['aws_access_key_id', 'aws_access_key'],
  ['aws_secret_access_key', undefined],
  ['timeout', undefined],
  ['', undefined]
] as const) {
  t.test(`${JSON.stringify(word)} is close to ${name ?? 'nothing'}`, async t =>
    t.equal(nearest(word, names), name)
  )
}
