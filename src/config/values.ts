import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isIPv6 } from 'node:net'

export interface Address {
  host: string
  port: number
}

/** A bucket, or one of its collections, whose records can be answered. */
export interface Resource {
  bucket: string
  collection?: string
}

/** Certificates of authorities, in PEM, and where they are from. */
export interface Authorities {
  path: string
  certificates: string
}

/** Its message completes "<name of the setting> …". It quotes nothing that could be a secret. */
export class InvalidValue extends Error {
  override name = 'InvalidValue'
}

/** An http or https URL without a path, as `http://host:port`. */
export function origin(text: string): string {
  const url = parseUrl(text)
  if (url === undefined || url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw new InvalidValue(
      'must be an http or https origin such as http://127.0.0.1:8888, ' +
        'without path, query, user or password.'
    )
  }
  return url.origin
}

export function endpoint(text: string): string {
  const url = parseUrl(text)
  if (url === undefined || url.search !== '' || url.hash !== '') {
    throw new InvalidValue(
      'must be an http or https URL such as http://127.0.0.1:4566, without query, user or password.'
    )
  }
  return text
}

/** `host:port`, an IPv6 address in brackets; port 0 lets the system choose. */
export function address(text: string): Address {
  const [, ipv6 = '', name = '', digits = ''] =
    /^(?:\[([^\]]+)\]|([\w.-]+)):(\d{1,5})$/.exec(text) ?? []
  const port = Number(digits)
  if (digits === '' || port > 65_535 || (name === '' && !isIPv6(ipv6))) {
    throw new InvalidValue('must be host:port, such as 127.0.0.1:8889 or [::1]:8889.')
  }
  return { host: name === '' ? ipv6 : name, port }
}

/** The path of a file of certificates in PEM, which is read at once. */
export function authorities(path: string): Authorities {
  try {
    const certificates = readFileSync(path, 'utf8')
    const found =
      certificates.match(/-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs) ?? []
    if (found.length > 0 && found.every(pem => new X509Certificate(pem).subject !== ''))
      return { path, certificates }
  } catch {
    // The message below is also for a file that is missing.
  }
  throw new InvalidValue(
    'must be a file with certificates in PEM (-----BEGIN CERTIFICATE-----); ' +
      `${JSON.stringify(path)} is none, or cannot be read.`
  )
}

/** Ids as Kinto allows them (kinto/core/storage/generators.py). */
export function resources(text: string): Resource[] {
  return text.split(/\s+/).map(entry => {
    const [, bucket, collection] =
      /^\/buckets\/([a-z0-9][\w-]*)(?:\/collections\/([a-z0-9][\w-]*))?$/i.exec(entry) ?? []
    if (bucket === undefined) {
      throw new InvalidValue(
        'must list /buckets/{id} or /buckets/{id}/collections/{id}; ' +
          `${JSON.stringify(entry)} is neither.`
      )
    }
    return collection === undefined ? { bucket } : { bucket, collection }
  })
}

export function arnPatterns(text: string): string[] {
  const patterns = words(text)
  const wrong = patterns.find(pattern => !pattern.startsWith('arn:'))
  if (wrong !== undefined) {
    throw new InvalidValue(
      'must list patterns such as arn:aws:states:us-west-2:123456789012:*; ' +
        `${JSON.stringify(wrong)} does not begin with "arn:".`
    )
  }
  return patterns
}

/** An activity of Step Functions, and where it is. */
export interface Activity {
  activityArn: string
  region: string
}

export function activities(text: string): Activity[] {
  return words(text).map(activityArn => {
    const [, region] =
      /^arn:aws[a-z-]*:states:([a-z0-9-]+):\d{12}:activity:[^:]{1,80}$/.exec(activityArn) ?? []
    if (region === undefined) {
      throw new InvalidValue(
        'must list ARNs such as arn:aws:states:us-west-2:123456789012:activity:ManualStep; ' +
          `${JSON.stringify(activityArn)} is none.`
      )
    }
    return { activityArn, region }
  })
}

/** An `Authorization` header value: scheme, one space, credentials (RFC 9110, 11.4). */
export function authorization(text: string): string {
  const [, scheme, credentials = ''] =
    /^([\w!#$%&'*+.^`|~-]+) ([\x21-\x7e][\x20-\x7e]*)$/.exec(text) ?? []
  if (scheme === undefined)
    throw new InvalidValue(
      'must be the value of an Authorization header on one line: ' +
        'a scheme, one space, credentials. (base64 breaks long lines; tr -d "\\n" mends that.)'
    )
  if (scheme.toLowerCase() === 'basic' && !/^[\w+/-]+=*$/.test(credentials)) {
    throw new InvalidValue(
      'must be "Basic" followed by user:password in base64, ' +
        'as by: printf %s user:password | base64 | tr -d "\\n"'
    )
  }
  return text
}

export function awsKey(text: string): string {
  if (!/^[\x21-\x7e]+$/.test(text))
    throw new InvalidValue(
      'must be one word of ASCII characters. A comment needs a line of its own.'
    )
  return text
}

export function region(text: string): string {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(text))
    throw new InvalidValue('must be the name of an AWS region, such as us-west-2.')
  return text
}

/** Names of hosts, without ports, in small letters. */
export function hostNames(text: string): string[] {
  const names = words(text).map(name => name.toLowerCase())
  const wrong = names.find(name => !/^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(name))
  if (wrong !== undefined)
    throw new InvalidValue(
      `must list names such as kinto-stepfunction.monitoring.svc; ${JSON.stringify(wrong)} is none.`
    )
  return names
}

function parseUrl(text: string): URL | undefined {
  const url = /^https?:\/\/[^\s\\]+$/i.test(text) ? URL.parse(text) : null
  return url === null || url.username !== '' || url.password !== '' ? undefined : url
}

function words(text: string): string[] {
  return text.split(/\s+/).filter(word => word !== '')
}
