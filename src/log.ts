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

// AWS quotes the values that it does not take.
const quotedValue = /(Value |: )'[^']*'/g

// AWS quotes tokens that it does not know.
const longWord = /[\w+/=:-]{100,}/g

// Node names the proxy that refuses a connection, and with it the password for it.
const userInfo = /(?<=:\/\/)[^/\s@]+@/g

// V8 quotes what it could not parse, which may be a response of Kinto.
const quotedText = /^.* is not valid JSON.*$/s

// OpenSSL names its own function, file and line too:
// 40…:error:0A00010B:SSL routines:tls_…:wrong version number:../deps/….c:77:
const ofOpenSsl = /^[\dA-F]+:error:[\dA-F]+:[^:]*:[^:]*:([^:]*):.*$/s

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

/** What an error says, and its causes after it, in one line. */
export function reasonOf(error: unknown): string {
  const text = messageOf(error)
  return error instanceof Error && error.cause !== undefined
    ? `${text} ${reasonOf(error.cause)}`
    : text
}

function describeError(error: unknown): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: messageOf(error) }
  const own = {
    type: error.name,
    message: messageOf(error),
    ...codeOf(error),
    ...(isFaultOfOurs(error) && { stack: framesOf(error) })
  }
  if (error.cause === undefined) return own
  const cause = describeError(error.cause)
  // An error that passes on its cause's message stands for both.
  return cause.message === own.message ? { ...cause, ...own } : { ...own, cause }
}

/** Where it happened, without the message, which V8 puts before it as it is. */
function framesOf({ stack }: Error): string | undefined {
  return stack?.match(/^ {4}at .*/gm)?.join('\n')
}

/** Its code and its status, where it has them. */
function codeOf(error: Error): Pick<LoggedError, 'code' | 'status'> {
  const code: unknown = Reflect.get(error, 'code')
  const status = statusOf(error)
  // The code of a DOMException is a number from the time before they had names.
  const isCode =
    typeof code === 'string' || (typeof code === 'number' && !(error instanceof DOMException))
  return { ...(isCode && { code }), ...(status !== undefined && { status }) }
}

/** An error with a code is Node's word on a value from outside, such as a header or an address. */
function isFaultOfOurs(error: Error): boolean {
  return faultsOfOurs.some(kind => error instanceof kind) && !('code' in error)
}

/** Of the SDK's errors the status is that of AWS's response. */
function statusOf(error: Error): number | undefined {
  const metadata: unknown = Reflect.get(error, '$metadata')
  const status: unknown =
    typeof metadata === 'object' && metadata !== null
      ? Reflect.get(metadata, 'httpStatusCode')
      : Reflect.get(error, 'status')
  return typeof status === 'number' ? status : undefined
}

function messageOf(error: unknown): string {
  // A connection that was tried on several addresses says nothing itself.
  if (error instanceof AggregateError && error.message === '')
    return error.errors.map(messageOf).join('; ')
  const text = error instanceof Error ? error.message : String(error)
  return text
    .replace(quotedText, 'It is not valid JSON.')
    .replace(ofOpenSsl, 'TLS: $1.')
    .replace(quotedValue, "$1'…'")
    .replace(userInfo, '…@')
    .replace(longWord, '…')
}
