/** What was found. A warning keeps nobody from starting. */
export interface Finding {
  level: 'ok' | 'warning' | 'wrong'
  text: string
}

export function ok(text: string): Finding {
  return { level: 'ok', text }
}

export function warning(text: string): Finding {
  return { level: 'warning', text }
}

export function wrong(text: string): Finding {
  return { level: 'wrong', text }
}
