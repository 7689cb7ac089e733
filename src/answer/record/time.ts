/**
 * A date and time of RFC 3339 (§5.6), in milliseconds since 1970. A leap second counts as the
 * second before it.
 * @returns undefined for any other value
 */
export function readTime(value: unknown): number | undefined {
  const match = typeof value === 'string' ? rfc3339.exec(value.toUpperCase()) : null
  if (match === null) return undefined
  const [, date = '', minutes = '', seconds = '', rest = ''] = match
  // JavaScript takes February 30 for a day of March.
  const day = new Date(`${date}T00:00Z`)
  if (Number.isNaN(day.getTime()) || !day.toISOString().startsWith(date)) return undefined
  const time = Date.parse(`${date}T${minutes}:${seconds === '60' ? '59' : seconds}${rest}`)
  return Number.isNaN(time) ? undefined : time
}

const rfc3339 =
  /^(\d{4}-\d\d-\d\d)T((?:[01]\d|2[0-3]):[0-5]\d):([0-5]\d|60)((?:\.\d+)?(?:Z|[+-]\d\d:\d\d))$/
