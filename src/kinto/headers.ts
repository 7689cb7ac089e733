/**
 * Headers as they stand on the wire: a flat list of names and values, so that order, spelling and repeated names survive
 * (Node's `rawHeaders`, undici's raw response headers).
 */

/** The headers whose name, in lower case, is wanted. */
export function selectHeaders (headers: readonly string[], wanted: (name: string) => boolean): string[] {
  return headers.flatMap((name, index) => {
    const value = headers[index + 1]
    return index % 2 === 0 && value !== undefined && wanted(name.toLowerCase()) ? [name, value] : []
  })
}

/** The names that occur, in lower case. */
export function headerNames (headers: readonly string[]): Set<string> {
  return new Set(headers.filter((_text, index) => index % 2 === 0).map(name => name.toLowerCase()))
}

/** The values of one header, in order. `name` is in lower case. */
export function headerValues (headers: readonly string[], name: string): string[] {
  return selectHeaders(headers, other => other === name).filter((_text, index) => index % 2 === 1)
}
