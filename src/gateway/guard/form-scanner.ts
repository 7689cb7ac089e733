import type { Readable } from 'node:stream'
import { mayTouch } from '../../answer/guarded.ts'
import { forbidden } from '../../kinto/errors.ts'
import { isJsonObject } from '../../kinto/json.ts'
import { boundaryOf, readPartHead } from './form.ts'

// A part's head, and the fields of a record: far more than any holds.
const maxHeadBytes = 4 * 1024
const maxDataBytes = 1024 * 1024

/**
 * Lets a form through piece by piece while `scanner` looks at it: its end is kept back, so a refused form never reaches Kinto
 * whole. `source` is left as it is then, for its client is to be told. One that names a guarded field goes on only as long as
 * `permit` does not throw, asked when the field is found and when all has come. @throws Refusal 403
 */
export async function * scanForm (source: Readable, scanner: FormScanner, permit: () => Promise<void>): AsyncGenerator<Buffer> {
  const end: Buffer[] = []
  let permitted = false
  for await (const chunk of source.iterator({ destroyOnReturn: false })) {
    scanner.read(chunk)
    if (scanner.namesGuarded && !permitted) await permit()
    permitted ||= scanner.namesGuarded
    if (scanner.hasEnded) end.push(chunk)
    else yield chunk
  }
  scanner.end()
  if (permitted) await permit()
  yield * end
}

/**
 * Looks at the `data` of a form (RFC 7578), the fields that kinto-attachment writes into the record. What is not written in the
 * one way that all clients do is refused, for Python's parser (`cgi.FieldStorage`) may read it in another.
 */
export class FormScanner {
  /** Whether the `data` that was read so far names a guarded field. */
  namesGuarded = false
  readonly #delimiter: Buffer
  /** The first delimiter stands at the very start, as if behind a line. */
  #unread = Buffer.from('\r\n')
  #reading: 'content' | 'head' | 'nothing' = 'content'
  /** The content of a part named `data`, so far. */
  #data: Buffer | undefined
  #begun = false

  /** `contentTypes`: the values of the request's `Content-Type`. @throws Refusal 403 when they name no boundary that can be looked for */
  constructor (contentTypes: readonly string[]) {
    const boundary = boundaryOf(contentTypes)
    if (boundary === undefined) throw unclear()
    this.#delimiter = Buffer.from(`\n--${boundary}`)
  }

  /** Whether the last delimiter has been read. */
  get hasEnded (): boolean {
    return this.#reading === 'nothing'
  }

  /** @throws Refusal 403 */
  read (chunk: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, chunk])
    for (let goesOn = true; goesOn;) goesOn = this.#readOn()
  }

  /** @throws Refusal 403 when the form has no end */
  end (): void {
    if (!this.hasEnded) throw unclear()
  }

  /** @returns whether there may be more to read in what has come */
  #readOn (): boolean {
    switch (this.#reading) {
      case 'content':
        return this.#readContent()
      case 'head':
        return this.#readHead()
      case 'nothing':
        return this.#readEnd()
    }
  }

  /** Up to the next delimiter. */
  #readContent (): boolean {
    const at = this.#unread.indexOf(this.#delimiter)
    const behind = at + this.#delimiter.length
    if (at === -1 || this.#unread.length < behind + 2) {
      // What may be the beginning of a delimiter, and the byte before it, is looked at again.
      this.#take(at === -1 ? this.#unread.length - this.#delimiter.length : at - 1)
      return false
    }
    const next = this.#unread.toString('latin1', behind, behind + 2)
    // Python takes a line feed alone for the end of a line, and spaces behind a delimiter for nothing.
    if (this.#unread[at - 1] !== 0x0d || !['\r\n', '--'].includes(next)) throw unclear()
    this.#take(at - 1)
    if (this.#data !== undefined && namesGuarded(this.#data)) this.namesGuarded = true
    this.#data = undefined
    this.#begun = true
    this.#unread = this.#unread.subarray('\r'.length + this.#delimiter.length + next.length)
    this.#reading = next === '--' ? 'nothing' : 'head'
    return true
  }

  #readHead (): boolean {
    const end = this.#unread.indexOf('\r\n\r\n')
    if (end > maxHeadBytes || (end === -1 && this.#unread.length > maxHeadBytes)) throw unclear()
    if (end === -1) return false
    const head = readPartHead(this.#unread.toString('latin1', 0, end))
    if (head === undefined || (head.isFile && head.name === 'data')) throw unclear()
    this.#data = head.name === 'data' ? Buffer.alloc(0) : undefined
    // The line end before the content may be that of a delimiter behind an empty one.
    this.#unread = this.#unread.subarray(end + '\r\n'.length)
    this.#reading = 'content'
    return true
  }

  #readEnd (): boolean {
    if (!'\r\n'.startsWith(this.#unread.toString('latin1'))) throw unclear()
    return false
  }

  #take (length: number): void {
    if (length <= 0) return
    // What stands before the first delimiter is skipped by some, and searched by others.
    if (!this.#begun) throw unclear()
    const content = this.#unread.subarray(0, length)
    this.#unread = this.#unread.subarray(length)
    if (this.#data === undefined) return
    this.#data = Buffer.concat([this.#data, content])
    if (this.#data.length > maxDataBytes) throw unclear()
  }
}

/** @throws Refusal 403 */
function namesGuarded (data: Buffer): boolean {
  const fields = read(data)
  if (!isJsonObject(fields)) throw unclear()
  return mayTouch({ method: 'PATCH', merge: false, body: { data: fields } })
}

function read (data: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data))
  } catch {
    return undefined
  }
}

function unclear (): Error {
  return forbidden('The fields in this upload cannot be judged. Send multipart/form-data as browsers and curl do, with `data` as a plain field of JSON.')
}
