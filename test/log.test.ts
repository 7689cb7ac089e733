import t from 'tap'
import { createLog } from '../src/log.ts'
import { KintoRefusal } from '../src/kinto/client.ts'
import { StepFunctionsError } from '../src/stepfunctions/errors.ts'

function logged(err: unknown): Record<string, any> {
  const lines: string[] = []
  createLog('trace', {
    write: line => {
      lines.push(line)
    }
  }).info({ err }, 'said')
  return JSON.parse(lines.join(''))['err']
}

t.test('an error says its type, its code and its message, and so does its cause', async t => {
  const cause = Object.assign(new Error('no route'), { code: 'EHOSTUNREACH', syscall: 'connect' })
  t.strictSame(
    logged(new StepFunctionsError('unsent', 'TimeoutError', 'no connection', { cause })),
    {
      type: 'StepFunctionsError',
      message: 'no connection',
      code: 'TimeoutError',
      cause: { type: 'Error', message: 'no route', code: 'EHOSTUNREACH' }
    }
  )
  t.strictSame(logged(Object.assign(new Error('x'), { code: 7, status: 503 })), {
    type: 'Error',
    message: 'x',
    code: 7,
    status: 503
  })
  t.strictSame(logged('a text'), { type: 'string', message: 'a text' })
})

t.test('nothing that it carries', async t => {
  const token = 'AQB+/'.repeat(200)
  const answer = {
    status: 412,
    headers: ['X', token],
    body: Buffer.from(JSON.stringify({ details: { existing: { taskToken: token } } }))
  }
  t.strictSame(logged(new KintoRefusal(answer)), {
    type: 'KintoRefusal',
    message: 'Kinto answered 412.'
  })
  t.strictSame(
    logged(
      Object.assign(new Error('failed'), { $response: { headers: { authorization: 'secret' } } })
    ),
    { type: 'Error', message: 'failed' }
  )
  t.strictSame(
    logged(new Error(`Invalid Token: '${token}'`)),
    { type: 'Error', message: "Invalid Token: '…'" },
    'AWS quotes tokens'
  )
})

t.test('a fault of this program shows where it happened', async t => {
  t.match(logged(new TypeError('undefined is not a function')), {
    type: 'TypeError',
    stack: /log\.test\.ts/
  })
})

t.test('without a destination it is standard output', async t => {
  t.equal(createLog('silent').level, 'silent')
})

t.test('nothing that is quoted from a response, or from a request', async t => {
  let unreadable: unknown
  try {
    JSON.parse('{"data": {"taskToken": CANARY-token}}')
  } catch (error) {
    unreadable = error
  }
  t.strictSame(logged(unreadable), { type: 'SyntaxError', message: 'It is not valid JSON.' })
  const refused = "1 validation error detected: Value 'CANARY' at 'output' failed"
  t.match(logged(new StepFunctionsError('input refused', 'ValidationException', refused)), {
    message: "1 validation error detected: Value '…' at 'output' failed"
  })
})
