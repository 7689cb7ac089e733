/**
 * Headers as they stand on the wire: a flat list of names and values, so that order, spelling and
 * repeated names survive (Node's `rawHeaders`, undici's raw response headers).
 */

/** Each name, spelled as it came, with its value. */
export function headerPairs(headers: readonly string[]): [name: string, value: string][] {
  return headers.flatMap((name, index): [string, string][] => {
    const value = headers[index + 1]
    return index % 2 === 0 && value !== undefined ? [[name, value]] : []
  })
}

/** The headers whose name, in lower case, is wanted. */
export function selectHeaders(
  headers: readonly string[],
  wanted: (name: string) => boolean
): string[] {
  // By index, which is fast: every request that passes comes through here twice.
  const selected: string[] = []
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index]
    const value = headers[index + 1]
    if (name !== undefined && value !== undefined && wanted(name.toLowerCase()))
      selected.push(name, value)
  }
  return selected
}

/** The names that occur, in lower case. */
export function headerNames(headers: readonly string[]): Set<string> {
  return new Set(headerPairs(headers).map(([name]) => name.toLowerCase()))
}

/** The values of one header, in order. `name` is in lower case. */
export function headerValues(headers: readonly string[], name: string): string[] {
  const selected = selectHeaders(headers, other => other === name)
  return selected.length === 0 ? selected : selected.filter((_text, index) => index % 2 === 1)
}
