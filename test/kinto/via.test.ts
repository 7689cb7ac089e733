import t from 'tap'
import { refuseLoop } from '../../src/kinto/via.ts'
import { wrongServer } from '../../src/kinto/wrong-server.ts'

function view(stepfunction: unknown): string {
  return JSON.stringify({ project_name: 'kinto', capabilities: { stepfunction } })
}

t.test('what has the mark is refused, wherever it has been since', async t => {
  for (const via of [
    '1.1 kinto-stepfunction',
    '1.0 fred, 1.1 kinto-stepfunction',
    '1.1 kinto-stepfunction,2 balancer.example (nginx)'
  ])
    t.throws(() => {
      refuseLoop(via)
    }, /leads to this service/)
  for (const via of [undefined, '', '1.1 proxy.example', '1.1 kinto-stepfunction.example'])
    t.doesNotThrow(() => refuseLoop(via))
})

t.test('what is there in place of Kinto, by its root view', async t => {
  for (const [status, body, found] of [
    [200, view({ url: 'x', resources: ['/buckets/stepfunction'] }), /leads to this service/],
    [508, '{}', /leads to this service/],
    [200, view({ url: 'x' }), /Python plugin/],
    [200, view('x'), /Python plugin/],
    [200, '{"capabilities": {}}', undefined],
    [200, '{"capabilities": []}', undefined],
    [200, '[]', undefined],
    [502, '<html>', undefined]
  ] as const) {
    const wrong = wrongServer({ status, headers: [], body: Buffer.from(body) })
    if (found === undefined) t.equal(wrong, undefined, body)
    else t.match(wrong, found, body)
  }
})
