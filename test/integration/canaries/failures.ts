import type { Fault as KintoFault } from '../../helpers/kinto-faults.ts'
import { stateMachineArn } from '../../helpers/service.ts'
import type { Fault } from '../../helpers/step-functions.ts'
import { changed, row, type Failure } from './failure.ts'
import { asked, refusals } from './refusals.ts'
import { body, uri } from './stage.ts'

const quoted =
  "1 validation error detected: Value 'CANARY-comment' at 'output' failed to satisfy constraint: " +
  'Member must have length less than or equal to 262144'
const canaryJson = '{"data": {"taskToken": CANARY-token, "secret": "CANARY-field"}}'

const kintoFaults: readonly [string, KintoFault][] = [
  ['away', 'reset'],
  ['silent', 'hang'],
  ['no HTTP', 'garbage'],
  ['no answer to a request that it did', 'lose'],
  ['an error', 503],
  ['no JSON', answering(200, 'application/json', canaryJson)],
  ['a page', answering(200, 'text/html', '<h1>CANARY</h1>')]
]

// GET: the record. PATCH: the proof of the right.
const ofKinto = kintoFaults.flatMap(([what, fault]) =>
  ['GET', 'PATCH'].map(method =>
    row(
      `Kinto, to ${method}: ${what}`,
      503,
      (s, id) => s.withKinto({ method, path: `/v1${uri(id)}` }, fault, () => s.give(id)),
      true
    )
  )
)

// The first PATCH proves the right.
const recording = kintoFaults.map(([what, fault]) =>
  row(
    `Kinto, when the decision is recorded: ${what}`,
    200,
    (s, id) =>
      s.withKinto({ method: 'PATCH', path: `/v1${uri(id)}`, nth: 2 }, fault, () => s.give(id)),
    true
  )
)

const awsFaults: readonly [string, Fault, number][] = [
  ['away', 'reset before', 503],
  ['silent', 'hang before', 503],
  ['an error of its own', '500 before', 503],
  ['unknown: no reply', 'reset after', 503],
  ['unknown: half a reply', 'half after', 503],
  ['throttled', 'ThrottlingException', 503],
  ['denied', 'AccessDeniedException', 503],
  ['credentials over', 'ExpiredTokenException', 503],
  ['a token that it does not take', { error: 'InvalidToken', message: quoted }, 400],
  ['an output that it does not take', { error: 'InvalidOutput', message: quoted }, 400],
  ['a request that it does not take', { error: 'ValidationException', message: quoted }, 400],
  ['an error that nobody knows', { error: 'CanaryException', message: quoted }, 503]
]

const ofAws = awsFaults.map(([what, fault, status]) =>
  row(`AWS: ${what}`, status, (s, id) => s.withAws('SendTaskSuccess', fault, () => s.give(id)))
)

const inBatches: readonly Failure[] = [
  row('a batch with answers that are refused', 200, (s, id) => s.batch(id, { answer: 'NO' }), true),
  row('a batch of a stranger', 200, (s, id) => s.batch(id, body, { user: 'mallory' })),
  row('a batch that Kinto does not take', 503, (s, id) =>
    s.withKinto({ path: /^\/v1\/batch/ }, 'reset', () => s.batch(id, body))
  ),
  row('a batch that is too large', 413, (s, id) =>
    s.batch(id, { ...body, comment: 'CANARY'.repeat(200_000) })
  )
]

const looks: readonly Failure[] = [
  row('a look by a stranger', 403, (s, id) => s.look(id, { user: 'mallory' })),
  row(
    'a look while AWS is denied',
    200,
    (s, id) => {
      const { executionArn } = s.put(id)
      changed(s, id, { executionArn, stateMachineArn })
      return s.withAws('GetExecutionHistory', 'AccessDeniedException', () => s.look(id))
    },
    true
  ),
  row('a look while Kinto is away', 503, (s, id) =>
    s.withKinto({ path: `/v1${uri(id)}` }, 'reset', () => s.look(id))
  ),
  row('the heartbeat while Kinto is away', 503, s =>
    s.withKinto({ path: /__heartbeat__/ }, 'reset', () => s.send('/__heartbeat__'))
  ),
  row(
    'the root view, no JSON',
    200,
    s =>
      s.withKinto({ path: /^\/v1\/\?/ }, answering(200, 'application/json', '["CANARY"]'), () =>
        s.send('/')
      ),
    true
  ),
  row('an upload while Kinto is away', 503, (s, id) =>
    s.withKinto({ method: 'PUT' }, 'reset', () =>
      s.send(uri(id), { method: 'PUT', body: { data: { taskToken: 'CANARY-token' } } })
    )
  )
]

/** Every kind of refusal and failure that a client can meet. */
export const failures: readonly Failure[] = [
  ...refusals,
  ...asked,
  ...ofKinto,
  ...recording,
  ...ofAws,
  ...inBatches,
  ...looks
]

function answering(status: number, type: string, text: string): KintoFault {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': type }).end(text)
  }
}
