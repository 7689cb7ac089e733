import t from 'tap'
import {
  conflict,
  errorBody,
  gone,
  invalid,
  methodNotAllowed,
  modifiedMeanwhile,
  orRefusal,
  programmingError,
  tooLarge,
  unavailable,
  unsupportedMediaType
} from '../../src/kinto/errors.ts'

t.test('errors read as Kinto writes them', async t => {
  t.equal(
    errorBody(invalid('body', 'answer', 'Required').problem),
    '{"code":400,"errno":107,"error":"Invalid parameters","message":"answer in body: Required",' +
      '"details":[{"location":"body","name":"answer","description":"Required"}]}'
  )
  t.equal(
    errorBody(methodNotAllowed('GET, POST').problem),
    '{"code":405,"errno":115,"error":"Method Not Allowed",' +
      '"message":"Method not allowed on this endpoint."}'
  )
  t.equal(
    errorBody(modifiedMeanwhile({ id: 'r' }, []).problem),
    '{"code":412,"errno":114,"error":"Precondition Failed",' +
      '"message":"Resource was modified meanwhile","details":{"existing":{"id":"r"}}}'
  )
  t.equal(invalid('body', '', 'not an object').problem.message, 'not an object')
  t.equal(invalid('record', 'taskToken', 'taskToken is odd').problem.message, 'taskToken is odd')
})

t.test('each has its status, errno and headers', async t => {
  const rows: [
    Error & { problem: { status: number; errno: number }; headers: string[] },
    number,
    number,
    string[]
  ][] = [
    [methodNotAllowed('GET'), 405, 115, ['Allow', 'GET']],
    [conflict('x', { answer: 'FAIL' }), 409, 122, []],
    [gone('x'), 410, 111, []],
    [modifiedMeanwhile({}, ['ETag', '"1"']), 412, 114, ['ETag', '"1"']],
    [tooLarge(5), 413, 113, []],
    [unsupportedMediaType('x'), 415, 107, []],
    [programmingError(new Error('x')), 500, 999, []],
    [
      unavailable('x', { retryAfter: 3, headers: ['A', 'b'] }),
      503,
      201,
      ['A', 'b', 'Retry-After', '3']
    ],
    [unavailable('x'), 503, 201, []]
  ]
  for (const [{ problem, headers }, status, errno, expected] of rows) {
    t.same([problem.status, problem.errno, headers], [status, errno, expected])
  }
})

t.test('what is refused is a value, what fails is not', async t => {
  const refusal = conflict('No.')
  t.equal(
    orRefusal(() => 1),
    1
  )
  t.equal(
    orRefusal(() => {
      throw refusal
    }),
    refusal
  )
  t.throws(
    () =>
      orRefusal(() => {
        throw new TypeError('a fault')
      }),
    { name: 'TypeError' }
  )
})
