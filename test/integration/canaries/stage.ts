import type { Test } from 'tap'
import { startService, type Service } from '../../../demo/parts/service.ts'
import type { Fault as KintoFault, FaultyRequests } from '../../helpers/kinto-faults.ts'
import { startKinto, type ScriptedKinto } from '../../helpers/kinto.ts'
import { as, call, collection, stateMachineArn, type Called } from '../../helpers/service.ts'
import {
  activityArn,
  region,
  startStepFunctions,
  type Fault,
  type Operation,
  type StepFunctionsEndpoint
} from '../../helpers/step-functions.ts'

export const uri = (id: string): string => `${collection}/records/${id}`

const sealSecret = 'ca4a71e5'.repeat(8)

/** The settings of a service that holds secrets. */
export const settings = {
  STEPFUNCTION_AWS_REGION: region,
  STEPFUNCTION_LOG_LEVEL: 'trace',
  STEPFUNCTION_AWS_ACCESS_KEY: 'AKIACANARY',
  STEPFUNCTION_AWS_SECRET_KEY: 'CANARY-aws-secret',
  STEPFUNCTION_KINTO_AUTHORIZATION: as('workflow'),
  STEPFUNCTION_SEAL_SECRET: sealSecret,
  STEPFUNCTION_KINTO_TIMEOUT_SECONDS: '2',
  STEPFUNCTION_AWS_TIMEOUT_SECONDS: '2',
  STEPFUNCTION_ACTIVITY_WAIT_SECONDS: '1',
  STEPFUNCTION_ACTIVITIES: activityArn
}

/** What an answer carries. */
export const body = {
  answer: 'SUCCEED',
  comment: 'CANARY-comment',
  output: { text: 'CANARY-output' }
}

// What every request carries beside its body.
const headers = { cookie: 'session=CANARY-cookie', 'x-canary': 'CANARY-header' }
const query = '?token=CANARY-query'

export const bearer = { authorization: 'Bearer CANARY-bearer' }

/** Credentials and keys: nobody is ever told them. */
const credentials = [
  'CANARY-aws-secret',
  'CANARY-cookie',
  'CANARY-header',
  'CANARY-bearer',
  sealSecret,
  ...['alice', 'workflow', 'mallory'].map(user => as(user).slice('Basic '.length))
]

export class Stage {
  readonly kinto: ScriptedKinto
  readonly sfn: StepFunctionsEndpoint
  readonly service: Service
  readonly tokens: string[] = []

  constructor(kinto: ScriptedKinto, sfn: StepFunctionsEndpoint, service: Service) {
    this.kinto = kinto
    this.sfn = sfn
    this.service = service
  }

  /** Puts a question there that alice may answer. */
  put(id: string, fields: object = {}): { taskToken: string; executionArn: string } {
    const waiting = this.sfn.waitCallback()
    this.tokens.push(waiting.taskToken)
    const data = { subject: 'CANARY-subject', taskToken: waiting.taskToken, ...fields }
    this.kinto.store.put(uri(id), data, { write: ['account:alice'] })
    return waiting
  }

  /** Sends a request with a secret wherever it can have one. */
  async send(path: string, options: Parameters<typeof call>[1] = {}): Promise<Called> {
    return await call(`${this.service.url}/v1${path}${query}`, {
      user: 'alice',
      ...options,
      headers: { ...headers, ...options.headers }
    })
  }

  async give(
    id: string,
    fields: object | string = {},
    options: Parameters<typeof call>[1] = {}
  ): Promise<Called> {
    const given = typeof fields === 'string' ? fields : { ...body, ...fields }
    return await this.send(`${uri(id)}/stepfunction`, { method: 'POST', body: given, ...options })
  }

  /** Asks, as the workflow. */
  async ask(
    fields: object | string = {},
    options: Parameters<typeof call>[1] = {}
  ): Promise<Called> {
    const { taskToken } = this.sfn.waitCallback()
    this.tokens.push(taskToken)
    const data = { subject: 'CANARY-subject', stateMachineArn, taskToken }
    const asked = typeof fields === 'string' ? fields : { data: { ...data, ...fields } }
    return await this.send(`${collection}/stepfunction`, {
      method: 'POST',
      user: 'workflow',
      body: asked,
      ...options
    })
  }

  async look(id: string, options: Parameters<typeof call>[1] = {}): Promise<Called> {
    return await this.send(`${uri(id)}/stepfunction`, options)
  }

  /** Answers in a batch, between two other requests. */
  async batch(
    id: string,
    given: object,
    options: Parameters<typeof call>[1] = {}
  ): Promise<Called> {
    const requests = [
      { method: 'GET', path: uri(id) },
      { method: 'POST', path: `${uri(id)}/stepfunction`, body: given },
      { method: 'PATCH', path: uri(id), body: { data: { note: 'CANARY-note' } } }
    ]
    return await this.send('/batch', { method: 'POST', body: { requests }, ...options })
  }

  async withKinto(
    requests: FaultyRequests,
    fault: KintoFault,
    send: () => Promise<Called>
  ): Promise<Called> {
    const end = this.kinto.fault(requests, fault)
    try {
      return await send()
    } finally {
      end()
    }
  }

  /** Until Step Functions does as it should again, every call of the operation fails. */
  async withAws(operation: Operation, fault: Fault, send: () => Promise<Called>): Promise<Called> {
    const end = this.sfn.fault(operation, fault, () => true)
    try {
      return await send()
    } finally {
      end()
    }
  }

  /**
   * The secrets that stand in a text, as they are or in base64. A part of one is found, too. What
   * may be told is the names of users, not what they carry.
   */
  leaks(text: string): string[] {
    return [...this.#content(), ...credentials].filter(secret => isIn(text, secret))
  }

  /** The secrets that stand in a response, where nothing of a record may. */
  told({ text, headers }: Called, mayShowContent: boolean): string[] {
    const all = `${text}\n${JSON.stringify([...headers])}`
    return (mayShowContent ? credentials : [...this.#content(), ...credentials]).filter(secret =>
      isIn(all, secret)
    )
  }

  /** What clients write, or read with a right to it. */
  #content(): string[] {
    return ['CANARY', ...this.tokens.map(token => token.slice(0, 32))]
  }
}

function isIn(text: string, secret: string): boolean {
  return (
    text.includes(secret) ||
    text.includes(Buffer.from(secret).toString('base64').replace(/=+$/, '').slice(0, -1))
  )
}

export async function setStage(t: Test): Promise<Stage> {
  const [kinto, sfn] = await Promise.all([startKinto(t), startStepFunctions(t, { pollMs: 500 })])
  kinto.store.collections.set(collection, { write: ['account:workflow'] })
  sfn.createActivity()
  const service = await startService({
    env: { ...settings, STEPFUNCTION_KINTO_URL: kinto.url, STEPFUNCTION_AWS_ENDPOINT_URL: sfn.url }
  })
  t.teardown(() => service.stop())
  return new Stage(kinto, sfn, service)
}
