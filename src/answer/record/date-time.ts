const dateTime = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(?:Z|([+-])(\d\d):(\d\d))$/i

/**
 * The time that a text names, in milliseconds since 1970. Undefined for all that is no date and
 * time of RFC 3339.
 */
export function readDateTime(value: unknown): number | undefined {
  const match = typeof value === 'string' ? dateTime.exec(value) : null
  if (match === null) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map(Number)
  const [fraction, sign, ...offset] = match.slice(7)
  const [offsetHours = 0, offsetMinutes = 0] = offset.map(text => Number(text ?? 0))
  const midnight = new Date(0)
  midnight.setUTCFullYear(year, month - 1, day)
  const isDay = midnight.getUTCMonth() === month - 1 && midnight.getUTCDate() === day
  // RFC 3339 §5.7: a leap second is the 60th.
  if (!isDay || hour > 23 || minute > 59 || second > 60 || offsetHours > 23 || offsetMinutes > 59)
    return undefined
  const minutes = hour * 60 + minute - (sign === '-' ? -1 : 1) * (offsetHours * 60 + offsetMinutes)
  return midnight.getTime() + (minutes * 60 + second + Number(fraction ?? 0)) * 1000
}
