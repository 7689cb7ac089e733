import { changed, row, type Failure } from './failure.ts'
import { bearer } from './stage.ts'

/** What is refused to somebody who answers. */
export const refusals: readonly Failure[] = [
  row('no JSON', 400, (s, id) => s.give(id, '{"comment": CANARY-comment}'), true),
  row('a wrong answer', 400, (s, id) => s.give(id, { answer: 'NO' })),
  row('a long comment', 400, (s, id) => s.give(id, { comment: 'CANARY'.repeat(1_000) })),
  row('a comment that is no text', 400, (s, id) => s.give(id, { comment: ['CANARY'] }), true),
  row('a large output', 400, (s, id) => s.give(id, { output: 'CANARY'.repeat(50_000) })),
  row('a reserved name', 400, (s, id) =>
    s.give(id, { answer: 'FAIL', output: undefined, error: 'States.CANARY' })
  ),
  row('a malformed If-Match', 400, (s, id) =>
    s.give(id, {}, { headers: { 'if-match': 'CANARY-etag' } })
  ),
  row('no token', 400, (s, id) => s.give(changed(s, id, { taskToken: null }))),
  row('a wrong token', 400, (s, id) => s.give(changed(s, id, { taskToken: ['CANARY-token'] }))),
  row('a foreign seal', 400, (s, id) => s.give(changed(s, id, { taskToken: 'sealed:1:CANARY' }))),
  row('a malformed ARN', 400, (s, id) =>
    s.give(changed(s, id, { stateMachineArn: 'arn:CANARY-arn' }))
  ),
  row('wrong credentials', 401, (s, id) => s.give(id, {}, { headers: bearer })),
  row('no right', 403, (s, id) => s.give(id, {}, { user: 'mallory' })),
  row('no record', 404, s => s.give('none', {}, { user: 'workflow' })),
  row('a wrong method', 405, (s, id) => s.give(id, {}, { method: 'PUT' })),
  row('another answer before', 409, async (s, id) => {
    await s.give(id)
    return await s.give(id, { answer: 'FAIL', output: undefined, error: 'CANARY-error' })
  }),
  row('a step that is over', 410, (s, id) => {
    s.sfn.expire(s.put(id).taskToken)
    return s.give(id)
  }),
  row(
    'a record that changed',
    412,
    (s, id) => s.give(id, {}, { headers: { 'if-match': '"7"' } }),
    true
  ),
  row('a large body', 413, (s, id) => s.give(id, { comment: 'CANARY'.repeat(200_000) })),
  row('a form', 415, (s, id) =>
    s.give(id, 'comment=CANARY', { headers: { 'content-type': 'text/plain' } })
  ),
  row(
    'a receipt that is none',
    200,
    (s, id) => s.give(changed(s, id, { status: 'SUCCEED', answerReceipt: 'CANARY-receipt' })),
    true
  )
]

/** What is refused to somebody who asks. */
export const asked: readonly Failure[] = [
  row('asking: no JSON', 400, s => s.ask('{"data": CANARY}'), true),
  row('asking: a field of the answer', 400, s => s.ask({ comment: 'CANARY-comment' })),
  row('asking: a token that is sealed', 400, s => s.ask({ taskToken: 'sealed:1:CANARY' })),
  row('asking: a token that is no text', 400, s => s.ask({ taskToken: ['CANARY-token'] })),
  row('asking: wrong credentials', 401, s => s.ask({}, { headers: bearer })),
  row('asking: no right', 403, s => s.ask({}, { user: 'mallory' })),
  row('asking: a wrong method', 405, s => s.ask({}, { method: 'PUT' })),
  row('asking: a form', 415, s => s.ask('a=CANARY', { headers: { 'content-type': 'text/plain' } })),
  row('asking: of a record that waits', 409, (s, id) => s.ask({ id }))
]
