import { parseJson, isJsonObject, type JsonObject } from '../../src/kinto/json.ts'
import { reply, unexpected, type StoreAnswer } from './record-answers.ts'

type Answer = (
  method: string,
  path: string,
  header: (name: string) => string | undefined,
  body: string
) => StoreAnswer

/** Carries out requests in order, each with the headers of the batch. It knows no defaults. */
export function batch(
  { requests }: JsonObject,
  header: (name: string) => string | undefined,
  answer: Answer
): StoreAnswer {
  if (!Array.isArray(requests)) return unexpected('requests')
  return reply(200, {
    responses: requests.filter(isJsonObject).map(({ method = 'GET', path, headers, body }) => {
      const own = new Map(
        Object.entries(isJsonObject(headers) ? headers : {}).map(([name, value]) => [
          name.toLowerCase(),
          String(value)
        ])
      )
      const [target = ''] = (
        String(path).startsWith('/v1') ? String(path) : `/v1${String(path)}`
      ).split('?')
      const answered = answer(
        String(method),
        target,
        name => own.get(name) ?? header(name),
        JSON.stringify(body ?? {})
      )
      return {
        path: target,
        status: answered.status,
        headers: Object.fromEntries(pairs(answered.headers)),
        body: parseJson(answered.body)
      }
    })
  })
}

function pairs(flat: string[]): [string, string][] {
  return flat.flatMap((name, index) => (index % 2 === 0 ? [[name, flat[index + 1] ?? '']] : []))
}
