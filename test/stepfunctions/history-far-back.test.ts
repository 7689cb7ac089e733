import t from 'tap'
import type { ExecutionHistory } from '../../src/stepfunctions/history-part.ts'
import { looped, outputs, start } from './histories.ts'

/** Whether the turn with this output was read. */
const reaches =
  (output: string) =>
  (history: ExecutionHistory): boolean =>
    outputs(history).includes(output)

t.test('all of the longest history that there can be; then only what is new', async t => {
  const all = await start(t, 60_000)
  const { sfn, read } = all
  const { executionArn, go } = await looped(all, 4_165)
  const length = sfn.execution(executionArn).events.length
  t.ok(length > 24_000 && length <= 25_000, `${length} events`)
  const whole = await read(executionArn, 60_000)
  t.match(whole, { execution: 'running', complete: true, steps: { length: 4_166 } })
  t.equal(outputs(whole)[1], '4164', 'newest first')
  t.equal(outputs(whole).at(-1), '0')
  const calls = sfn.callsOf('GetExecutionHistory').length
  t.ok(calls <= 1 + 25, `${calls} calls`)
  go(2)
  const again = await read(executionArn)
  t.match(again, { complete: true, steps: { length: 4_168 } })
  t.strictSame(outputs(again).slice(0, 4), [undefined, '4166', '4165', '4164'])
  t.equal(outputs(again).at(-1), '0')
  t.equal(sfn.callsOf('GetExecutionHistory').length, calls + 1)
})

t.test('no further back than it takes, and on from there the next time', async t => {
  const all = await start(t)
  const { sfn, read } = all
  const { executionArn, go } = await looped(all, 300)
  t.match(await read(executionArn, 3_000, reaches('299')), { complete: false })
  t.equal(sfn.callsOf('GetExecutionHistory').length, 1)
  go(1)
  t.match(await read(executionArn, 3_000, reaches('200')), { complete: false })
  t.equal(sfn.callsOf('GetExecutionHistory').length, 3)
  const whole = await read(executionArn)
  t.match(whole, { complete: true, steps: { length: 302 } })
  t.equal(sfn.callsOf('GetExecutionHistory').length, 5)
  t.strictSame(
    outputs(whole),
    [undefined, ...Array.from({ length: 301 }, (_none, turn) => `${300 - turn}`)],
    'each step once'
  )
})

t.test('much that is new since the last time', async t => {
  const all = await start(t)
  const { sfn, read } = all
  const { executionArn, go } = await looped(all, 60)
  t.match(await read(executionArn), { complete: true })
  go(300)
  t.match(await read(executionArn), { complete: true, steps: { length: 361 } })
  t.equal(sfn.callsOf('GetExecutionHistory').length, 2 + 3, 'read until it joins what is known')
})

t.test('looks at one execution share what they read', async t => {
  const all = await start(t)
  const { sfn, read } = all
  const { executionArn } = await looped(all, 400)
  const [one, two] = await Promise.all([read(executionArn), read(executionArn)])
  t.strictSame(one, two)
  t.equal(sfn.callsOf('GetExecutionHistory').length, 4, 'as one look')

  const first = read(executionArn)
  await sfn.called('GetExecutionHistory')
  const others = await Promise.all(Array.from({ length: 80 }, () => read(executionArn)))
  t.ok([await first, ...others].every(({ complete }) => complete))
  t.equal(sfn.callsOf('GetExecutionHistory').length, 4 + 2, 'all that came meanwhile as one')

  sfn.fault('GetExecutionHistory', 'AccessDeniedException')
  const refused = await Promise.allSettled([read(executionArn), read(executionArn)])
  t.match(refused, [{ status: 'rejected' }, { status: 'rejected' }])
  t.match(await read(executionArn), { complete: true })
})

t.test('each look has its own time, and its own measure of what suffices', async t => {
  const all = await start(t, 6_000)
  const { sfn, read, failure } = all
  const { executionArn } = await looped(all, 400)
  const end = sfn.fault('GetExecutionHistory', 'hang before', () => true)
  const [ended] = await Promise.all([failure(executionArn, 200), sfn.called('GetExecutionHistory')])
  t.match(ended, { code: 'TimeoutError' })
  end()
  const looks = [read(executionArn, 6_000, reaches('399')), read(executionArn, 6_000)]
  t.match(await Promise.all(looks), [{ complete: false }, { complete: true }])
})

t.test('a new execution under the ARN of an old one', async t => {
  const all = await start(t)
  const { sfn, read } = all
  const { executionArn, go } = await looped(all, 200)
  t.match(await read(executionArn), { complete: true, steps: { length: 201 } })
  sfn.execution(executionArn).events.length = 0
  sfn.waitCallback({ executionArn })
  go(150)
  const { complete, steps } = await read(executionArn)
  t.ok(complete && steps.length <= 152, `${steps.length} steps, all of the new one`)
})

t.test(
  'what lies further back cannot be read: what was read counts, and is not complete',
  async t => {
    const all = await start(t)
    const { executionArn } = await looped(all, 100)
    const end = all.sfn.fault(
      'GetExecutionHistory',
      'AccessDeniedException',
      ({ input }) => 'nextToken' in input
    )
    t.match(await all.read(executionArn), { execution: 'running', complete: false })
    end()
    t.match(await all.read(executionArn), { complete: true, steps: { length: 101 } })
  }
)

t.test('a page that AWS does not know any more: the next look begins anew', async t => {
  const all = await start(t)
  const { executionArn } = await looped(all, 300)
  t.match(await all.read(executionArn, 3_000, reaches('299')), { complete: false })
  const known = all.sfn.callsOf('GetExecutionHistory').length
  const end = all.sfn.fault(
    'GetExecutionHistory',
    { error: 'InvalidToken' },
    ({ input }) => 'nextToken' in input
  )
  t.match(await all.read(executionArn), { complete: false })
  t.equal(all.sfn.callsOf('GetExecutionHistory').length, known + 2)
  end()
  t.match(await all.read(executionArn), { complete: true, steps: { length: 301 } })
  t.equal(all.sfn.callsOf('GetExecutionHistory').length, known + 2 + 3, 'from the newest page on')
})

t.test('a page that cannot be had now: the next look goes on from there', async t => {
  const all = await start(t)
  const { executionArn } = await looped(all, 700)
  const end = all.sfn.fault(
    'GetExecutionHistory',
    'ThrottlingException',
    ({ input }) => 'nextToken' in input && all.sfn.callsOf('GetExecutionHistory').length > 2
  )
  t.match(await all.read(executionArn, 500), { complete: false })
  end()
  const before = all.sfn.callsOf('GetExecutionHistory').length
  t.match(await all.read(executionArn), { complete: true, steps: { length: 701 } })
  const whole = Math.ceil((all.sfn.execution(executionArn).events.length - 200) / 1_000) + 1
  t.equal(all.sfn.callsOf('GetExecutionHistory').length - before, whole - 1, 'one page was kept')
})
