// What the inspector says of itself, which is asked how much memory is in use
const inspector = /^(Debugger (listening|attached|ending)|For help, see|Waiting for the debugger)/

/** What a service wrote, line by line. */
export class ServiceLog {
  /** Where its inspector is. */
  inspector: string | undefined
  /** How often each warning and error was logged. */
  readonly counts = new Map<string, number>()
  /** Lines that no service writes that is well: fatal ones, and what is no JSON (an exception that nobody caught, say). */
  readonly bad: string[] = []
  #rest = ''

  write(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#line(line)
  }

  #line(line: string): void {
    this.inspector ??= /ws:\/\/\S+/.exec(line)?.[0]
    if (line === '' || inspector.test(line)) return
    const { level, msg } = parse(line)
    if (typeof level !== 'number' || level >= 60) this.bad.push(line)
    else if (level >= 40)
      this.counts.set(
        `${level === 40 ? 'warning' : 'error'}: ${String(msg)}`,
        (this.counts.get(`${level === 40 ? 'warning' : 'error'}: ${String(msg)}`) ?? 0) + 1
      )
  }
}

function parse(line: string): { level?: unknown; msg?: unknown } {
  try {
    return Object(JSON.parse(line))
  } catch {
    return {}
  }
}
