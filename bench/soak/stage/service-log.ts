// The lines of the inspector, which measures the memory in use
const inspector = /^(Debugger (listening|attached|ending)|For help, see|Waiting for the debugger)/

/** Everything that the processes of a service wrote, line by line. */
export class ServiceLog {
  /** The address of the inspector of the process that runs. */
  inspector: string | undefined
  /** How often each warning and error was logged. */
  readonly counts = new Map<string, number>()
  /**
   * Lines that a healthy service does not write: fatal ones, and text that is no JSON, such as an
   * uncaught exception.
   */
  readonly bad: string[] = []
  #rest = ''

  /** A process begins. The last line of one that was killed may have no end. */
  begin(): void {
    this.inspector = undefined
    this.#rest = ''
  }

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
