import { headerNames, headerValues } from '../../../src/kinto/headers.ts'
import type { Answer } from './exchange.ts'
import { normalise } from './normalise.ts'

/**
 * Compares a response of the service with Kinto's own.
 * @returns a line for each thing that is wrong
 */
export type Comparison = (kinto: Answer, service: Answer) => string[]

// These headers frame a message on one connection.
const framing = ['connection', 'keep-alive', 'transfer-encoding']

interface Apart {
  /** Headers that are not compared, by their names in lower case. */
  headers?: readonly string[]
  /** What is compared in place of the body. */
  body?: (text: string) => string
}

/** Status, headers and body are the same, byte for byte, but for the parts that are named here. */
export function sameBut({ headers = [], body = text => text }: Apart = {}): Comparison {
  return (kinto, service) => {
    const one = comparable(kinto, headers, body)
    const other = comparable(service, headers, body)
    return [...new Set([...one.keys(), ...other.keys()])]
      .filter(part => one.get(part) !== other.get(part))
      .map(part => `${part}: ${contrast(one.get(part), other.get(part))}`)
  }
}

/** Kinto's status is one of `kintos`; the service refuses the request with one of `services`. */
export function refused(kintos: readonly number[], services: readonly number[]): Comparison {
  return (kinto, service) => [
    ...(kintos.includes(kinto.status) ? [] : [`Kinto ${kinto.statusLine}`]),
    ...(services.includes(service.status) ? [] : [`the service ${service.statusLine}`]),
    ...(isError(service) ? [] : [`the service ${service.body.toString()}`])
  ]
}

// To a request without `Host` Node itself writes the response, and it has no body.
function isError({ status, body }: Answer): boolean {
  return (
    body.length === 0 ||
    new RegExp(`^{"code":${status},"errno":107,"error":"[^"]+","message":"[^"]+"}$`).test(
      body.toString()
    )
  )
}

function comparable(
  { statusLine, interim, headers, body }: Answer,
  apart: readonly string[],
  bodyOf: (text: string) => string
): Map<string, string> {
  const names = [...headerNames(headers)].filter(
    name => !framing.includes(name) && !apart.includes(name)
  )
  return new Map([
    ['status', statusLine.replace(/^HTTP\/1\.\d /, '')],
    ['interim', interim.join()],
    ...names.map(name => [name, normalise(headerValues(headers, name).join('\n'))] as const),
    ['body', normalise(bodyOf(body.toString('latin1')))]
  ])
}

// Both texts, from a little before the first character that differs.
function contrast(kinto: string | undefined, service: string | undefined): string {
  let first = 0
  while (first < (kinto ?? '').length && kinto?.[first] === service?.[first]) first += 1
  const [one, other] = [kinto, service].map(text =>
    text === undefined ? 'none' : text.slice(Math.max(0, first - 100)).slice(0, 300)
  )
  return `Kinto ${one}, the service ${other}`
}
