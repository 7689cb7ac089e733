import { InvalidValue } from './values.ts'

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/** Seconds, decimals allowed, both bounds included. */
export function seconds(least: number, most: number): (text: string) => number {
  return text => {
    const value = Number(text)
    if (!/^\d+(\.\d+)?$/.test(text) || value < least || value > most) {
      throw new InvalidValue(`must be a number of seconds from ${least} to ${most}.`)
    }
    return value
  }
}

/** A whole number, both bounds included. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return text => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new InvalidValue(`must be a whole number from ${least} to ${most}.`)
    return value
  }
}

/** The words of Kinto's asbool. Any other, which asbool silently takes for false, is refused. */
export function boolean(text: string): boolean {
  const word = text.toLowerCase()
  if (['t', 'true', 'y', 'yes', 'on', '1'].includes(word)) return true
  if (['f', 'false', 'n', 'no', 'off', '0'].includes(word)) return false
  throw new InvalidValue('must be true or false.')
}

export function logLevel(text: string): LogLevel {
  const level = logLevels.find(level => level === text.toLowerCase())
  if (level === undefined) throw new InvalidValue(`must be one of ${logLevels.join(', ')}.`)
  return level
}
