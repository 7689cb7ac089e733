export interface Request {
  method: string
  headers: Readonly<Record<string, string>>
  body?: string
  /** The one status that is right. */
  status: number
}

/** A request that is sent again and again. Both upstreams know its path. */
export interface Workload extends Request {
  name: WorkloadName
  path: string
}

export const workloadNames = ['GET', 'list', 'PUT', 'HEAD', '304', 'batch', 'upload'] as const

export type WorkloadName = (typeof workloadNames)[number]

/** The bucket of ordinary traffic, which is no business of the service. */
export const ordinary = '/buckets/blog'
const recordId = '8a2f5a0e-3b5c-4d0e-9f1a-6c7d8e9f0a1b'
export const recordPath = `/v1${ordinary}/collections/articles/records/${recordId}`
/** The bucket of the records that can be answered. */
export const bucket = '/buckets/stepfunction'
export const listPath = `/v1${ordinary}/collections/list/records`
export const uploadPath = '/v1/upload'

/** With the envelope that Kinto adds, it is some 600 bytes. */
export const smallRecord = {
  subject: 'Please review the add-on',
  status: 'UNANSWERED',
  reviewer: 'account:alice',
  notes: 'x'.repeat(320)
}

/** The number of records in the list: some 300 kB together. */
export const listSize = 1_000
export const listRecord = {
  subject: 'Please review the add-on',
  status: 'UNANSWERED',
  reviewer: 'account:alice',
  notes: 'x'.repeat(140)
}

const uploadBytes = 10 * 2 ** 20

/** All workloads; `etag` is the one of the small record. */
export function workloads(authorization: string, etag: string): Record<WorkloadName, Workload> {
  const headers = { authorization, accept: 'application/json' }
  const json = { ...headers, 'content-type': 'application/json' }
  const requests = Array.from({ length: 10 }, () => ({
    method: 'GET',
    path: recordPath,
    headers: { Authorization: authorization }
  }))
  return {
    GET: { name: 'GET', method: 'GET', path: recordPath, headers, status: 200 },
    list: { name: 'list', method: 'GET', path: listPath, headers, status: 200 },
    PUT: {
      name: 'PUT',
      method: 'PUT',
      path: `${recordPath.slice(0, -1)}c`,
      headers: json,
      body: JSON.stringify({ data: smallRecord }),
      status: 200
    },
    HEAD: { name: 'HEAD', method: 'HEAD', path: recordPath, headers, status: 200 },
    304: {
      name: '304',
      method: 'GET',
      path: recordPath,
      headers: { ...headers, 'if-none-match': etag },
      status: 304
    },
    batch: {
      name: 'batch',
      method: 'POST',
      path: '/v1/batch',
      headers: json,
      body: JSON.stringify({ requests }),
      status: 200
    },
    upload: {
      name: 'upload',
      method: 'POST',
      path: uploadPath,
      headers: { ...headers, 'content-type': 'application/octet-stream' },
      body: 'x'.repeat(uploadBytes),
      status: 200
    }
  }
}
