import type { Finding } from './findings.ts'
import { literalOf, withoutMarkers } from './exact-json.ts'

// A longer text is cut: what a schema says may be as long as the schema is.
const longest = 300

const types: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  integer: 'a whole number',
  null: 'empty (null)',
  number: 'a number',
  object: 'an object',
  string: 'text'
}

const formats: Readonly<Record<string, string>> = {
  date: 'a date, such as 2026-11-28',
  'date-time': 'a date and time with its offset from UTC, such as 2026-11-28T09:30:00Z',
  duration: 'a duration, such as P3DT12H',
  email: 'an email address',
  hostname: 'the name of a host',
  'idn-email': 'an email address',
  'idn-hostname': 'the name of a host',
  ipv4: 'an IPv4 address',
  ipv6: 'an IPv6 address',
  iri: 'a web address, such as https://example.com/',
  regex: 'a regular expression',
  time: 'a time with its offset from UTC, such as 09:30:00Z',
  uri: 'a web address, such as https://example.com/',
  uuid: 'a UUID'
}

const wordings: Readonly<Record<string, (value: unknown) => string>> = {
  type: value => `Must be ${oneOf([value].flat().map(type => String(types[String(type)])))}`,
  enum: value => `Must be ${oneOf([value].flat().map(String))}`,
  const: value => `Must be ${String(value)}`,
  minimum: value => `Must be at least ${literal(value)}`,
  maximum: value => `Must be at most ${literal(value)}`,
  exclusiveMinimum: value => `Must be more than ${literal(value)}`,
  exclusiveMaximum: value => `Must be less than ${literal(value)}`,
  multipleOf: value => `Must be a multiple of ${literal(value)}`,
  minLength: value =>
    value === 1 ? 'Must not be empty' : `Must have ${least(value, 'character')}`,
  maxLength: value => `Must have ${most(value, 'character')}`,
  minItems: value => `Must have ${least(value, 'entry')}`,
  maxItems: value => `Must have ${most(value, 'entry')}`,
  minProperties: value => `Must have ${least(value, 'field')}`,
  maxProperties: value => `Must have ${most(value, 'field')}`,
  uniqueItems: () => 'Must not have the same entry twice',
  contains: () => 'Does not have the entries that it needs, or has too many of them',
  pattern: value => `Must fit the pattern ${String(value).slice(1, -2)}`,
  format: value => `Must be ${formats[String(value)] ?? `a well-formed ${String(value)}`}`,
  not: () => 'This is not allowed here',
  anyOf: () => 'Must fit one of the kinds of values that are allowed here',
  oneOf: () => 'Must fit exactly one of the kinds of values that are allowed here',
  false: () => 'Must not be here'
}

/** What is wrong, for a person; without a full stop. */
export function describe({ keyword, value }: Finding): string {
  const text = withoutMarkers(String(wordings[keyword]?.(value)))
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}

function oneOf(texts: readonly string[]): string {
  const [only = '', ...others] = texts
  const last = others.pop()
  if (last === undefined) return only
  return `${[only, ...others].join(', ')} or ${last}`
}

function literal(value: unknown): string {
  return String(literalOf(value))
}

const least = (count: unknown, of: string): string => `at least ${counted(count, of)}`
const most = (count: unknown, of: string): string => `at most ${counted(count, of)}`

function counted(count: unknown, of: string): string {
  if (count === 1) return `1 ${of}`
  return `${String(count)} ${of === 'entry' ? 'entries' : `${of}s`}`
}
