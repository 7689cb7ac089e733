import t from 'tap'
import { sendRaw } from '../helpers/raw.ts'
import { needsParts } from '../helpers/real.ts'
import { answer, as, call, collection } from '../helpers/service.ts'
import { startStepFunctions } from '../helpers/step-functions.ts'
import { put, startStage } from './stage.ts'

// The promises of SECURITY.md that no other test shows on a real Kinto.
t.test('threats', needsParts('what the service is safe from, on a real Kinto'), async t => {
  const sfn = await startStepFunctions(t)
  const { kinto, service } = await startStage(t, sfn)
  let count = 0

  /**
   * Creates a record that waits, with its token unless `data` says otherwise.
   * @returns its path, and the execution
   */
  async function pending(data: object = {}): Promise<{ path: string; executionArn: string }> {
    const { taskToken, executionArn } = sfn.waitCallback()
    const path = `${collection}/records/t${count++}`
    await put(kinto, path, { data: { taskToken, executionArn, ...data } }, 'workflow')
    return { path, executionArn }
  }

  const inKinto = async (path: string) => await call(`${kinto.url}/v1${path}`, { user: 'workflow' })

  await t.test('nobody signs with the name of another', async t => {
    const { path, executionArn } = await pending()
    const forged = {
      answeredBy: 'account:bob',
      answeredAt: '2020-01-01T00:00:00.000Z',
      message: 'bob said so',
      record: '/buckets/other',
      answerId: '1'
    }
    t.match(
      await answer(service, path, { answer: 'SUCCEED', output: forged, ...forged }, 'alice'),
      { status: 200, body: { stepfunction: { answeredBy: 'account:alice' } } }
    )
    const { output } = sfn.execution(executionArn)
    t.match(JSON.parse(String(output)), {
      answer: 'SUCCEED',
      answeredBy: 'account:alice',
      message: 'signed off',
      record: path,
      output: forged
    })
    t.match((await inKinto(path)).body.data, { status: 'SUCCEED', answeredBy: 'account:alice' })
  })

  await t.test('nobody fails a step as Step Functions itself does', async t => {
    const { path, executionArn } = await pending()
    t.match(await answer(service, path, { answer: 'FAIL', error: 'States.Timeout' }, 'alice'), {
      status: 400,
      body: { errno: 107 }
    })
    t.equal(sfn.execution(executionArn).status, 'RUNNING')
  })

  await t.test(
    'a page of another site answers in no batch that a browser sends unasked',
    async t => {
      const { path, executionArn } = await pending()
      const body = JSON.stringify({
        requests: [{ method: 'POST', path: `${path}/stepfunction`, body: { answer: 'SUCCEED' } }]
      })
      const batch = async (type: string): Promise<object> => {
        const response = await sendRaw(
          t,
          service.url,
          `POST /v1/batch HTTP/1.1\r\nHost: k\r\nAuthorization: ${as('alice')}\r\n${type}` +
            `Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`
        )
        return { status: response.status, body: String(response.body) }
      }
      t.match(await batch('Content-Type: text/plain\r\n'), { status: 415 })
      t.match(await batch('Content-Type: application/x-www-form-urlencoded\r\n'), { status: 415 })
      t.match(await batch(''), { body: /"status":404/ }, 'Kinto takes one without a type')
      t.equal(sfn.execution(executionArn).status, 'RUNNING')
      t.match(await batch('Content-Type: application/json\r\n'), { body: /accepted/ })
    }
  )

  await t.test('what the reviewer has not seen is not answered', async t => {
    const { path, executionArn } = await pending()
    const seen = String((await inKinto(path)).headers.get('etag'))
    await call(`${kinto.url}/v1${path}`, {
      method: 'PATCH',
      user: 'workflow',
      body: { data: { amount: 1_000_000 } }
    })
    const post = { method: 'POST', user: 'alice', body: { answer: 'SUCCEED' } }
    t.match(
      await call(`${service.url}/v1${path}/stepfunction`, {
        ...post,
        headers: { 'if-match': seen }
      }),
      { status: 412, body: { details: { existing: { amount: 1_000_000 } } } }
    )
    t.equal(sfn.execution(executionArn).status, 'RUNNING')
    const now = String((await inKinto(path)).headers.get('etag'))
    t.match(
      await call(`${service.url}/v1${path}/stepfunction`, {
        ...post,
        headers: { 'if-match': now }
      }),
      { status: 200 }
    )
  })

  await t.test('an ARN leads to no host of its own', async t => {
    const regions = [
      'evil.example',
      'us-east-1.evil.example/',
      'us-east-1@evil.example',
      'us-east-1#',
      'us-east-1?',
      '..',
      '127.0.0.1:80',
      'US-EAST-1',
      ''
    ]
    const before = sfn.calls.length
    for (const region of regions) {
      for (const [field, name] of [
        ['activityArn', 'activity:a'],
        ['executionArn', 'execution:m:e'],
        ['stateMachineArn', 'stateMachine:m']
      ] as const) {
        const { path } = await pending({ [field]: `arn:aws:states:${region}:123456789012:${name}` })
        t.match(
          await answer(service, path, { answer: 'SUCCEED' }, 'alice'),
          { status: 400, body: { details: [{ name: field }] } },
          `${field} in ${region}`
        )
        t.notOk((await inKinto(path)).body.data.status)
      }
    }
    t.equal(sfn.calls.length, before)
  })

  await t.test('a request that hides in another one is not carried out', async t => {
    const { path } = await pending()
    const authorization = `Authorization: ${as('workflow')}`
    const hidden = `DELETE /v1${path} HTTP/1.1\r\nHost: k\r\n${authorization}\r\n\r\n`
    const post = 'POST /v1/ HTTP/1.1\r\nHost: k\r\n'
    for (const [expected, bytes] of [
      [
        400,
        `${post}Content-Length: ${hidden.length + 5}\r\n` +
          `Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`
      ],
      [
        400,
        `${post}Transfer-Encoding: chunked\r\n` +
          `Transfer-Encoding: identity\r\n\r\n0\r\n\r\n${hidden}`
      ],
      [501, `${post}Transfer-Encoding: xchunked\r\n\r\n${hidden}`],
      [400, `${post}Content-Length: 0\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`],
      [405, `${post}Content-Length: ${hidden.length}\r\n\r\n${hidden}`],
      [200, `GET /v1/ HTTP/1.1\r\nHost: k\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`]
    ] as const) {
      const { status } = await sendRaw(t, service.url, bytes)
      t.equal(status, expected, bytes)
      t.equal((await inKinto(path)).status, 200, 'the record is there')
    }
  })
})
