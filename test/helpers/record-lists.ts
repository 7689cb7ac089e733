import type { JsonObject } from '../../src/kinto/json.ts'
import { reply, type StoreAnswer } from './record-answers.ts'

/**
 * A list of Kinto's, with the filters and pages that the service uses. `all` holds the objects, and
 * the tombstones of deleted ones.
 */
export function listOf(
  all: JsonObject[],
  { pathname, searchParams }: URL,
  ifNoneMatch: string | undefined
): StoreAnswer {
  const version = `"${Math.max(0, ...all.map(timeOf))}"`
  if (ifNoneMatch === version) return { status: 304, headers: ['ETag', version], body: '' }
  const since = searchParams.get('_since')
  const wanted = all
    .filter(data =>
      since === null ? data['deleted'] !== true : timeOf(data) > Number(since.replaceAll('"', ''))
    )
    .filter(data => [...searchParams].every(([name, value]) => passes(data, name, value)))
    .toSorted((a, b) => timeOf(b) - timeOf(a))
    .map(data => reduced(data, searchParams.get('_fields')))
  const start = Number(searchParams.get('_token') ?? 0)
  const end = start + Number(searchParams.get('_limit') ?? wanted.length)
  if (end >= wanted.length) return reply(200, { data: wanted.slice(start) }, ['ETag', version])
  const next = new URLSearchParams(searchParams)
  next.set('_token', String(end))
  return reply(200, { data: wanted.slice(start, end) }, [
    'ETag',
    version,
    'Next-Page',
    `http://kinto.example/v1${pathname}?${next.toString()}`
  ])
}

function timeOf({ last_modified: time }: JsonObject): number {
  return Number(JSON.stringify(time))
}

function passes(data: JsonObject, name: string, value: string): boolean {
  const [, kind, field = ''] = /^(has|exclude|gt)_(.+)$/.exec(name) ?? []
  if (kind === 'has') return Object.hasOwn(data, field) === (value === 'true')
  if (kind === 'exclude') return !value.split(',').includes(String(data[field]))
  return kind !== 'gt' || (typeof data[field] === 'string' && data[field] > value)
}

function reduced(data: JsonObject, fields: string | null): JsonObject {
  if (fields === null) return data
  const names = ['id', 'last_modified', 'deleted', ...fields.split(',')]
  return Object.fromEntries(Object.entries(data).filter(([name]) => names.includes(name)))
}
