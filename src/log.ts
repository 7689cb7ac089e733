import { pino, type BaseLogger, type DestinationStream, type Level, type Logger } from 'pino'

/** For operators: what clients are not told. Never a token, an `Authorization` or a secret. */
export type Log = Pick<BaseLogger, 'info' | 'warn' | 'error'>

/**
 * What the log tells of an error. The error may carry a response of Kinto or a request to AWS, with
 * tokens and passwords in it: these are never logged.
 */
interface LoggedError {
  type: string
  message: string
  code?: string | number
  status?: number
  /** Only for a fault of this program. */
  stack?: string | undefined
  cause?: LoggedError
}

const faultsOfOurs = [TypeError, RangeError, ReferenceError]

// V8 quotes what it could not parse, which may be a response of Kinto.
const quotedText = /^.* is not valid JSON.*$/s

// AWS quotes the values that it does not take.
const quotedValue = /(Value |: )'[^']*'/g

// AWS quotes tokens that it does not know.
const longWord = /[\w+/=:-]{100,}/g

/**
 * The service's log: one line of JSON for each event. It goes to `destination`, by default to
 * standard output.
 */
export function createLog(level: Level | 'silent', destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    serializers: { err: describeError },
    // Secrets are not logged in the first place. This is for those that slip through.
    redact: ['*.authorization', '*.Authorization', '*.cookie', '*.taskToken', '*.*.taskToken']
  }
  return destination === undefined ? pino(options) : pino(options, destination)
}

function describeError(error: unknown): LoggedError {
  if (!(error instanceof Error))
    return { type: typeof error, message: withoutTokens(String(error)) }
  const { name: type, message, stack, cause } = error
  const code: unknown = Reflect.get(error, 'code')
  const status: unknown = Reflect.get(error, 'status')
  return {
    type,
    message: withoutTokens(message),
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    ...(typeof status === 'number' && { status }),
    ...(faultsOfOurs.some(kind => error instanceof kind) && { stack }),
    ...(cause !== undefined && { cause: describeError(cause) })
  }
}

function withoutTokens(text: string): string {
  return text
    .replace(quotedText, 'It is not valid JSON.')
    .replace(quotedValue, "$1'…'")
    .replace(longWord, '…')
}
