import t from 'tap'
import { startBackground } from '../../helpers/background.ts'
import { stateMachineArn } from '../../helpers/service.ts'

t.jobs = 4
const parallel = { buffered: true }

type Background = Awaited<ReturnType<typeof startBackground>>

const forged = { status: 'SUCCEED', answeredBy: 'account:eve' }
const isBack = ({ status }: Record<string, unknown>): boolean => status === 'UNANSWERED'

/** A question that was seen to wait. */
async function waiting(
  t: Parameters<typeof startBackground>[0]
): Promise<Background & { taskToken: string }> {
  const all = await startBackground(t)
  const taskToken = all.asked('r')
  await all.takeBack()
  return { ...all, taskToken }
}

t.test('a status that nobody decided is taken back', parallel, async t => {
  for (const status of ['SUCCEED', 'FAIL']) {
    const all = await waiting(t)
    all.change('r', { ...forged, status })
    await all.takeBack()
    await all.kinto.store.reaches(all.uri('r'), isBack)
    await all.undecided.stop()
    t.match(all.data('r'), { subject: 'Sign off?', status: 'UNANSWERED' })
    t.equal(all.takenBack(), 1)
    t.match(all.lines, [
      { level: 40, record: all.uri('r'), msg: /nobody has answered, and the step waits/ }
    ])
    t.notMatch(JSON.stringify(all.lines), all.taskToken)
    t.equal(all.sfn.calls.length, 1, 'a heartbeat told that the step waits')
  }
})

t.test('also one that was changed and not seen before', parallel, async t => {
  const all = await startBackground(t)
  await all.takeBack()
  all.asked('r', forged)
  await all.takeBack()
  await all.kinto.store.reaches(all.uri('r'), isBack)
  t.pass()
})

t.test('left alone', parallel, async t => {
  const rows: [title: string, become: (all: Background & { taskToken: string }) => void][] = [
    [
      'what a receipt proves',
      all => {
        all.change('r', {
          status: 'SUCCEED',
          answerReceipt: all.seals.writeReceipt(all.uri('r'), all.taskToken, { answer: 'SUCCEED' })
        })
      }
    ],
    [
      'a step that is over',
      all => {
        all.sfn.expire(all.taskToken)
        all.change('r', forged)
      }
    ],
    [
      'a step that cannot be asked',
      all => {
        all.sfn.fault('SendTaskHeartbeat', 'AccessDeniedException', 9)
        all.change('r', forged)
      }
    ],
    [
      'a seal that does not open',
      all => {
        all.change('r', { ...forged, taskToken: `${String(all.data('r')['taskToken'])}A` })
      }
    ],
    [
      'what came in clear',
      all => {
        all.put('r', { ...forged, stateMachineArn, taskToken: all.taskToken })
      }
    ],
    [
      'another word',
      all => {
        all.change('r', { status: 'DONE' })
      }
    ]
  ]
  for (const [title, become] of rows) {
    const all = await waiting(t)
    become(all)
    const before = all.data('r')
    await all.takeBack()
    await all.undecided.stop()
    t.same(all.data('r'), before, title)
    t.equal(all.takenBack(), 0, title)
  }
})

t.test(
  'what was decided before the first look is left alone, until it is changed',
  parallel,
  async t => {
    const all = await startBackground(t)
    all.asked('r', forged)
    await all.takeBack()
    await all.takeBack()
    await all.undecided.stop()
    t.match(all.data('r'), forged)
    t.equal(all.sfn.calls.length, 0)
  }
)

t.test('three times for one token, then somebody has to look', parallel, async t => {
  const all = await waiting(t)
  for (let time = 1; time <= 5; time++) {
    all.change('r', forged)
    await all.takeBack()
    if (time <= 3) await all.kinto.store.reaches(all.uri('r'), isBack)
    await all.takeBack()
  }
  await all.undecided.stop()
  t.match(all.data('r'), forged)
  t.equal(all.takenBack(), 3)
  t.equal(all.lines.filter(({ level }) => level === 50).length, 1, 'which is said once')
  t.ok(all.said(/comes back again and again/))
})

t.test('a change that comes between, or at the same time', parallel, async t => {
  const all = await waiting(t)
  const patches: string[] = []
  all.kinto.fault({ method: 'PATCH' }, (request, response, received) => {
    patches.push(received.url)
    if (patches.length === 1) all.change('r', { note: 'x' })
    all.kinto.respond(request, response, received)
    if (patches.length === 2) all.change('r', forged)
  })
  all.change('r', forged)
  await all.takeBack()
  while (patches.length < 3) await all.kinto.nextRequest()
  await all.kinto.store.reaches(all.uri('r'), isBack)
  t.match(all.data('r'), { note: 'x', status: 'UNANSWERED' })
})

t.test('others who change the record without pause', parallel, async t => {
  const all = await waiting(t)
  let patches = 0
  all.kinto.fault({ method: 'PATCH' }, (request, response, received) => {
    patches += 1
    all.change('r', forged)
    all.kinto.respond(request, response, received)
  })
  all.change('r', forged)
  await all.takeBack()
  await all.undecided.stop()
  t.equal(patches, 20)
  t.match(all.data('r'), forged)
  t.equal(all.takenBack(), 0, 'nothing was, so nothing is counted')
})

t.test('a Kinto that does not let it', parallel, async t => {
  const all = await waiting(t)
  all.kinto.fault({ method: 'PATCH' }, 403)
  all.change('r', forged)
  await all.takeBack()
  await all.undecided.stop()
  t.match(all.lines, [
    {
      record: all.uri('r'),
      msg: /could not be taken back/,
      err: { message: 'Kinto answered 403.' }
    }
  ])
  t.equal(all.takenBack(), 0)
})
