import * as fc from 'fast-check'
import root from 'tap'
import { rounds } from '../../helpers/combination.ts'
import { startAsking, type Asking } from '../../helpers/asking.ts'
import { call, collection, type Called } from '../../helpers/service.ts'
import { callers, cases, group, rare, values, type Case } from './cases.ts'

// What a dead token means is looked for for two seconds.
root.setTimeout(rounds(240_000, 3_600_000))

/** Puts the record there, with its history. */
async function stageCase(all: Asking, id: string, made: Case): Promise<void> {
  const { isAsked, hasExecution, fields, changed, history, status, caller } = made
  const { taskToken, executionArn } = all.sfn.waitCallback()
  const write = ['account:alice', 'account:carol', 'account:dave']
  if (caller === 'anonymous') write.push('system.Everyone')
  const permissions = { write, read: ['account:reader'] }
  const question = {
    ...all.question({ subject: 'Sign off?' }),
    taskToken,
    ...(hasExecution && { executionArn }),
    ...values(fields)
  }
  if (isAsked) await all.ask({ ...question, id }, { permissions })
  else all.kinto.store.put(all.uri(id), question, permissions)
  if (history === 'answered here') {
    const { data } = (await all.state(id, 'workflow')).body
    await send(all, id, { user: 'workflow', body: fitting(data) })
  }
  if (history === 'answered elsewhere') await all.elsewhere(taskToken, 'by hand')
  if (history === 'expired') all.sfn.expire(taskToken)
  if (history === 'stopped') all.sfn.stop(executionArn)
  all.change(id, { ...values(changed), ...(status !== undefined && { status }) })
}

/** An answer that fits what GET says. */
function fitting({ choices = [], form, record }: Record<string, any>): Record<string, unknown> {
  const [first = { answer: 'SUCCEED' }] = choices
  return {
    ...(record.choices && first.label ? { choice: first.label } : { answer: first.answer }),
    ...(first.answer === 'SUCCEED' && form !== undefined && { output: {} }),
    ...(first.comment === 'required' && { comment: 'because' })
  }
}

interface Sent {
  user?: string | undefined
  method?: 'GET' | 'POST'
  body?: object
  headers?: Record<string, string>
}

/** Sends a request for a record's endpoint, alone or in a batch of its own. */
async function send(
  all: Asking,
  id: string,
  { user, method = 'POST', ...content }: Sent,
  isInBatch = false
): Promise<Called> {
  const path = `/v1${all.uri(id)}/stepfunction`
  const caller = user === undefined ? {} : { user }
  const one = { method, ...content }
  if (!isInBatch) return await call(`${all.url}${path}`, { ...caller, ...one })
  const batch = await call(`${all.url}/v1/batch`, {
    method: 'POST',
    ...caller,
    body: { requests: [{ path, ...one }] }
  })
  const [{ status, body }] = batch.body.responses
  return { ...batch, status, body, text: JSON.stringify(body) }
}

/** The state's obstacle, as a response to POST says it. */
function obstacleIn({ status, body }: Called): string {
  if (status === 200) return body.stepfunction.outcome === 'accepted' ? 'none' : 'answered'
  if (status === 403) return body.message.includes('asked for this') ? 'requester' : 'permission'
  if (status === 410) return 'over'
  if (status === 409 && body.message.includes('nothing shows')) return 'unconfirmed'
  if (status === 409) return body.details?.changed === undefined ? 'answered' : 'changed'
  if (status === 400) return body.details[0].location === 'record' ? 'record' : 'request'
  return String(status)
}

/** POST has one message for a `status` that nothing confirms, whatever GET takes it for. */
function unconfirmedAs(said: string, one: string): string {
  return one === 'unconfirmed' && ['answered', 'record'].includes(said) ? said : one
}

root.test('what GET offers POST takes, what it refuses POST refuses for that reason', async t => {
  const all = await startAsking(t)
  all.kinto.store.collections.set(collection, { write: ['account:workflow'] })
  all.kinto.store.groups.set(group, ['account:dave'])
  const seen = new Map<string, number>()
  let count = 0
  const property = fc.asyncProperty(cases, async made => {
    const id = `r${count++}`
    await stageCase(all, id, made)
    const user = callers[made.caller]
    const sendAs = (content: Sent): Promise<Called> =>
      send(all, id, { user, ...content }, made.isInBatch)
    const shown = await sendAs({ method: 'GET' })
    if (shown.status !== 200) {
      const { status } = await sendAs({ body: { answer: 'SUCCEED' } })
      if (status !== shown.status) throw new Error(`GET ${shown.status}, POST ${status}`)
      return
    }
    const { data } = shown.body
    const said: string = data.obstacle ?? 'none'
    seen.set(said, (seen.get(said) ?? 0) + 1)
    const badly = await sendAs({ body: { answer: 'SUCCEED', choice: 'There is none.' } })
    const body = fitting(data)
    const stale = await sendAs({ body, headers: { 'if-match': '"1"' } })
    const well = await sendAs({ body, headers: { 'if-match': `"${data.version}"` } })
    const told = [badly, stale, well].map(obstacleIn).map(one => unconfirmedAs(said, one))
    const expected = said === 'none' ? ['request', '412', 'none'] : [said, said, said]
    // A `status` that nothing confirms holds nobody to a version.
    if (said === 'none' && told[1] === 'none') {
      expected[1] = 'none'
      expected[2] = 'answered'
    }
    // Only a report finds out that this token is dead.
    const isUnknown = said === 'none' && !made.isAsked && !made.hasExecution
    if (isUnknown && made.history !== 'waits') expected[2] = 'over'
    if (JSON.stringify(told) !== JSON.stringify(expected))
      throw new Error(`${said}: ${told.join()} (${well.text})`)
    if (said === 'record' || said === 'requester' || said === 'changed') {
      if (well.body.message !== data.reason) throw new Error(`${data.reason}: ${well.text}`)
    } else if (said === 'over' || said === 'permission') {
      if (data.reason === undefined) throw new Error(`no reason: ${shown.text}`)
    }
  })
  await fc.assert(property, { numRuns: rounds(120, 3_000), examples: rare.map(each => [each]) })
  t.strictSame(
    [...seen.keys()].toSorted(),
    ['answered', 'changed', 'none', 'over', 'permission', 'record', 'requester'],
    'each of them came'
  )
})
