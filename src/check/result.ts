/** Something that was found. With a warning the service can start all the same. */
export interface CheckResult {
  level: 'ok' | 'warning' | 'wrong'
  text: string
}

export function ok(text: string): CheckResult {
  return { level: 'ok', text }
}

export function warning(text: string): CheckResult {
  return { level: 'warning', text }
}

export function wrong(text: string): CheckResult {
  return { level: 'wrong', text }
}
