import type { Test } from 'tap'
import { headerValues } from '../../../src/kinto/headers.ts'
import { realKinto, realService } from '../../helpers/real.ts'
import { credentials, region, startStepFunctions } from '../../helpers/step-functions.ts'
import { sameBut, type Comparison } from './compare.ts'
import { exchange, type Answer } from './exchange.ts'
import { everything, fixture } from './fixture.ts'
import type { KintoName, Row } from './row.ts'
import { settingsWith } from './settings.ts'

/** The responses to one request that was sent to Kinto and to the service. */
export interface Reflection {
  kinto: Answer
  service: Answer
  /** What should be the same and is not. */
  wrong: string[]
}

/** A Kinto, and the service in front of it. */
export class Place {
  readonly #kinto: string
  readonly #service: string
  readonly #canBeReset: boolean
  #asInFixture = false

  constructor(kinto: string, service: string, { canBeReset }: { canBeReset: boolean }) {
    this.#kinto = kinto
    this.#service = service
    this.#canBeReset = canBeReset
  }

  /**
   * Sends the request both ways, each time to the same state. Compares the responses, the pages
   * that follow, and the state that a write leaves behind.
   */
  async reflect(row: Row, compare: Comparison): Promise<Reflection> {
    const [kinto, kintoAfter] = await this.#ask(this.#kinto, row)
    const [service, serviceAfter] = await this.#ask(this.#service, row)
    const wrong = compare(kinto, service)
    if (kintoAfter !== undefined && serviceAfter !== undefined && row.differs === undefined) {
      wrong.push(...sameBut()(kintoAfter, serviceAfter).map(line => `afterwards ${line}`))
    }
    const pages = [kinto, service].flatMap(({ headers }) => headerValues(headers, 'next-page'))
    if (
      wrong.length === 0 &&
      row.differs === undefined &&
      (row.method ?? 'GET') === 'GET' &&
      pages.length === 2
    ) {
      wrong.push(
        ...(await this.#followingPages(
          row,
          pages.map(page => page.replace(/^\w+:\/\/[^/]*/, ''))
        ))
      )
    }
    return { kinto, service, wrong }
  }

  async #followingPages(row: Row, [ofKinto = '', ofService = '']: string[]): Promise<string[]> {
    const kinto = await exchange(this.#kinto, { ...row, target: ofKinto })
    const service = await exchange(this.#service, { ...row, target: ofService })
    const [nextOfKinto, nextOfService] = [kinto, service].map(({ headers }) =>
      headerValues(headers, 'next-page')[0]?.replace(/^\w+:\/\/[^/]*/, '')
    )
    const wrong = sameBut()(kinto, service).map(line => `next page ${line}`)
    return nextOfKinto === undefined || nextOfService === undefined || wrong.length > 0
      ? wrong
      : await this.#followingPages(row, [nextOfKinto, nextOfService])
  }

  async #ask(url: string, row: Row): Promise<[answer: Answer, afterwards?: Answer]> {
    if (!this.#asInFixture && this.#canBeReset) await this.#prepare(fixture)
    await this.#prepare(row.before ?? [])
    const answer = await exchange(url, row)
    this.#asInFixture = row.before === undefined && !changes(row, answer)
    return this.#asInFixture || !this.#canBeReset
      ? [answer]
      : [answer, await exchange(this.#kinto, everything)]
  }

  async #prepare(rows: readonly Row[]): Promise<void> {
    for (const row of rows) {
      const { statusLine, status, body } = await exchange(this.#kinto, row)
      if (status < 200 || status > 299 || /"status":[45]/.test(body.toString()))
        throw new Error(`The fixture: ${statusLine} ${body.toString()}`)
    }
  }
}

/** Starts each Kinto, and a service in front of it. */
export async function startPlaces(t: Test): Promise<Record<KintoName, Place>> {
  const sfn = await startStepFunctions(t)
  const start = async (name: KintoName): Promise<Place> => {
    const kinto = await realKinto(t, { settings: settingsWith(t.testdir({}))[name] })
    const service = await realService(t, {
      env: {
        STEPFUNCTION_KINTO_URL: kinto.url,
        STEPFUNCTION_AWS_ENDPOINT_URL: sfn.url,
        STEPFUNCTION_AWS_REGION: region,
        STEPFUNCTION_AWS_ACCESS_KEY: credentials.accessKeyId,
        STEPFUNCTION_AWS_SECRET_KEY: credentials.secretAccessKey
      }
    })
    return new Place(kinto.url, service.url, { canBeReset: name !== 'readonly' })
  }
  const [open, strict, readonly] = await Promise.all([
    start('open'),
    start('strict'),
    start('readonly')
  ])
  return { open, strict, readonly }
}

// Any request creates a personal bucket. When Kinto fails after it has written, the change stays,
// because it keeps everything in memory.
function changes({ method = 'GET', target = '', body = '' }: Row, { status }: Answer): boolean {
  if (/\/(%64|d)efault/.test(target)) return true
  const batch = target.endsWith('/batch') ? body.toString() : ''
  // A batch in another encoding does not show its methods, so it counts as a change.
  if (batch.includes('requests') && !/PUT|POST|PATCH|DELETE/.test(batch)) return false
  return (status < 400 || status > 499) && !['GET', 'HEAD', 'OPTIONS'].includes(method)
}
