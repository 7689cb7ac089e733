const paths = [
  '/stepfunction/inbox',
  ...['collection', 'collections'].flatMap(segment =>
    ['', '/records/{record_id}'].map(
      place => `/buckets/{bucket_id}/${segment}/{collection_id}${place}/stepfunction`
    )
  )
]

/** Takes out of Kinto's text what the service has added; every other byte stays as it was. */
export function withoutAdditions(text: string): string {
  const members = ['stepfunction', ...paths].reduce(withoutMember, text)
  return without(members, /\{"name":"stepfunction"/i, 0)
}

function withoutMember(text: string, name: string): string {
  const key = `${JSON.stringify(name)}:`
  return without(text, new RegExp(RegExp.escape(key)), key.length)
}

/**
 * Cuts out the first thing that begins so, with one comma. Its value begins `before` characters
 * later.
 */
function without(text: string, beginning: RegExp, before: number): string {
  const from = text.search(beginning)
  if (from < 0) return text
  const to = valueEnd(text, from + before)
  return text[from - 1] === ','
    ? text.slice(0, from - 1) + text.slice(to)
    : text.slice(0, from) + text.slice(text[to] === ',' ? to + 1 : to)
}

function valueEnd(text: string, from: number): number {
  let depth = 0
  for (const { 0: token, index } of text
    .slice(from)
    .matchAll(/"(?:[^"\\]|\\.)*"|[[{]|[\]}]|[^\s,:[\]{}"]+/g)) {
    if (token === '{' || token === '[') depth += 1
    if (token === '}' || token === ']') depth -= 1
    if (depth === 0) return from + index + token.length
  }
  return text.length
}
