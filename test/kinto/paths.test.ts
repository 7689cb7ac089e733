import t from 'tap'
import {
  collectionsPath,
  parseRecordUri,
  recordPath,
  recordUri,
  rootPath,
  UnsafeSegmentError
} from '../../src/kinto/paths.ts'

const ref = { version: 'v1', bucket: 'b', collection: 'c', record: 'r' }

t.test('paths and URIs', async t => {
  t.equal(recordPath(ref), '/v1/buckets/b/collections/c/records/r')
  t.equal(rootPath('v2'), '/v2/')
  t.equal(collectionsPath('v1', 'b'), '/v1/buckets/b/collections')
  t.equal(recordUri(ref), '/buckets/b/collections/c/records/r')
  t.same(parseRecordUri(recordUri(ref)), { bucket: 'b', collection: 'c', record: 'r' })
})

t.test('no segment can change the path', async t => {
  for (const record of ['a/b', 'a?b', 'a#b', 'a b', 'a%2Fb', 'é', '\n', '\\', 'a;b', '"']) {
    const path = recordPath({ ...ref, record })
    t.match(path, /^\/v1\/buckets\/b\/collections\/c\/records\/[A-Za-z0-9%._~-]+$/, record)
    t.equal(new URL(path, 'http://kinto').pathname, path, 'nothing is left to normalise')
  }
  for (const segment of ['.', '..']) {
    t.throws(() => recordPath({ ...ref, record: segment }), UnsafeSegmentError)
    t.throws(() => recordPath({ ...ref, bucket: segment }), UnsafeSegmentError)
    t.throws(() => collectionsPath('v1', segment), UnsafeSegmentError)
  }
})

t.test('only a record has a record URI', async t => {
  for (const text of [
    '',
    '/buckets/b',
    '/buckets/b/collections/c/records',
    '/buckets/b/collections/c/records/',
    '/v1/buckets/b/collections/c/records/r',
    '/buckets/b/collections/c/records/r/x'
  ]) {
    t.equal(parseRecordUri(text), undefined, text)
  }
})
