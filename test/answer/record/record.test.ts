import t from 'tap'
import {
  readDecision,
  readStep,
  readToken,
  type ArnPolicy,
  type Step
} from '../../../src/answer/record/record.ts'
import type { JsonObject } from '../../../src/kinto/json.ts'
import { caught } from '../../helpers/caught.ts'

const place = 'us-west-2:123456789012'
const stateMachineArn = `arn:aws:states:${place}:stateMachine:Review`
const activityArn = `arn:aws:states:${place}:activity:Ask`
const executionArn = `arn:aws:states:${place}:execution:Review:e1`
const policy = { allowedArns: [], region: 'eu-west-1' }

/** The step of a record in clear. */
function stepOf(record: JsonObject, rules: ArnPolicy = policy): Step {
  return readStep(
    record,
    { taskToken: readToken(record), isDecided: readDecision(record) !== undefined },
    rules
  )
}

t.test('a record names its step', async t => {
  t.same(stepOf({ stateMachineArn, activityArn, executionArn }), {
    region: 'us-west-2',
    taskToken: undefined,
    activityArn,
    executionArn
  })
  t.same(
    stepOf({ taskToken: 'T' }),
    { region: 'eu-west-1', taskToken: 'T', activityArn: undefined, executionArn: undefined },
    'the configured region'
  )
  t.match(
    stepOf({ taskToken: 'T', stateMachineArn, activityArn: '', executionArn: null }),
    { region: 'us-west-2', activityArn: undefined },
    'empty fields of a form are absent'
  )
  t.match(
    stepOf({ taskToken: '', status: 'SUCCEED', stateMachineArn }),
    { taskToken: undefined },
    'a decided record needs neither token nor activity'
  )
})

t.test('what is not usable is refused with the name of the field', async t => {
  const rows: [title: string, record: JsonObject, field: string, allowedArns?: string[]][] = [
    ['nothing waits', { stateMachineArn }, 'taskToken'],
    ['not even an ARN', {}, 'taskToken'],
    ['a token that is no text', { taskToken: ['T'] }, 'taskToken'],
    ['a token that is too long', { taskToken: 'T'.repeat(2049) }, 'taskToken'],
    ['an ARN of another kind', { taskToken: 'T', activityArn: stateMachineArn }, 'activityArn'],
    ['an ARN that is none', { taskToken: 'T', stateMachineArn: 'Review' }, 'stateMachineArn'],
    ['an ARN that is no text', { taskToken: 'T', executionArn: { a: 1 } }, 'executionArn'],
    [
      'an express execution',
      { taskToken: 'T', executionArn: `arn:aws:states:${place}:express:Review:e1:x` },
      'executionArn'
    ],
    [
      'another region',
      {
        taskToken: 'T',
        stateMachineArn,
        activityArn: 'arn:aws:states:us-east-1:123456789012:activity:Ask'
      },
      'activityArn'
    ],
    [
      'another account',
      {
        taskToken: 'T',
        stateMachineArn,
        executionArn: 'arn:aws:states:us-west-2:999999999999:execution:Review:e1'
      },
      'executionArn'
    ],
    [
      'another partition',
      { taskToken: 'T', stateMachineArn, activityArn: `arn:aws-cn:states:${place}:activity:Ask` },
      'activityArn'
    ],
    [
      'an activity that is not allowed',
      { taskToken: 'T', stateMachineArn, activityArn },
      'activityArn',
      [stateMachineArn]
    ],
    [
      'an execution that is not allowed',
      { taskToken: 'T', executionArn },
      'executionArn',
      [activityArn]
    ]
  ]
  for (const [title, record, field, allowedArns = []] of rows) {
    const error = caught(() => stepOf(record, { ...policy, allowedArns }))
    t.match(error, { problem: { status: 400, errno: 107, details: [{ name: field }] } }, title)
    t.ok(error?.message.includes(field), `${title}: the message names the field`)
  }
  t.match(
    caught(() => stepOf({ taskToken: 'T' }, { ...policy, region: undefined })),
    { message: /region/ },
    'no region at all'
  )
})

t.test('only a final status is a decision', async t => {
  for (const status of [undefined, null, '', 'UNANSWERED', 'succeed', 1])
    t.equal(readDecision({ status }), undefined)
  t.same(
    readDecision({ status: 'FAIL', answeredBy: 'account:bob', answeredAt: 5, comment: 'no' }),
    { answer: 'FAIL', answeredBy: 'account:bob', answeredAt: undefined, comment: 'no' }
  )
})

t.test('a token may be as long as AWS makes them', async t => {
  t.equal(readToken({ taskToken: 'T'.repeat(2048) })?.length, 2048)
  t.equal(readToken({}), undefined)
})
