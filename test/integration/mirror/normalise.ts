import { fixture } from './fixture.ts'

// A time that is not older than the test was made by Kinto for this response.
const start = Date.now() - 5_000

const httpDate = /(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT/g
const isoDate = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d+/g
const timestamp = /(?<!\d)\d{13}(?!\d)/g
const passwordHash = /\$2b\$\d\d\$[./A-Za-z0-9]{53}/g
const pagingToken = /(?<=[?&]_token=)[\w%-]+/g

// Kinto gives a record a UUID for its id, and everything else eight characters.
const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g
const shortId = /(?<="id":")[\w-]{8}(?=")/g

const known = fixture.map(({ body }) => String(body)).join('')

/**
 * Replaces the times, ids and password hashes that Kinto made for this response: no second response
 * can have them. An id keeps the number of its first appearance, so that the same id in two places
 * stays the same.
 */
export function normalise(response: string): string {
  // A paging token holds an id that is good for one page.
  const text = response
    .replace(pagingToken, token => Buffer.from(decodeURIComponent(token), 'base64url').toString())
    .replace(httpDate, date => (Date.parse(date) >= start ? '<date>' : date))
    .replace(isoDate, date => (Date.parse(`${date}Z`) >= start ? '<time>' : date))
    .replace(timestamp, number => (Number(number) >= start ? '<now>' : number))
    .replace(passwordHash, '<hash>')
  const ids = [...(text.match(uuid) ?? []), ...(text.match(shortId) ?? [])].filter(
    id => !known.includes(id)
  )
  return [...new Set(ids)].reduce(
    (done, id, index) => done.replaceAll(id, `<id ${index + 1}>`),
    text
  )
}
