/** The head of one part of a form, as far as it matters here. */
export interface PartHead {
  name: string
  isFile: boolean
}

// https://www.rfc-editor.org/rfc/rfc2046.html#section-5.1.1, but for the space
const contentType = /^multipart\/form-data; ?boundary=("?)([\w'()+,./:=?-]{1,70})\1$/i

// As browsers, curl and Python's requests write it. A backslash would be read in several ways.
const disposition = /^form-data; ?name="([\w.-]+)"(?:; ?filename="([^"\\\r\n]*)")?(?:; ?filename\*=[\w'%.!#$&+^`|~-]+)?$/i

// Parts of these types are forms themselves to Python's parser.
const nested = /^\s*(multipart\/|application\/x-www-form-urlencoded)/i

// A field of another charset would be another text.
const plainField = /^(text\/plain|application\/json)(; ?charset="?utf-8"?)?$/i

/** The boundary of a form, from the values of its `Content-Type`. Undefined where it is not written as usual. */
export function boundaryOf (contentTypes: readonly string[]): string | undefined {
  // Several are one list to HTTP, and that is no type.
  return contentType.exec(contentTypes.join(', '))?.[2]
}

/** Reads the head of a part, without the empty line behind it. Undefined for what is not written as usual. */
export function readPartHead (text: string): PartHead | undefined {
  const fields = new Map(text.split('\r\n').map(line => {
    const [, name = '', value = ''] = /^([\w-]+): ?([\x20-\x7e\x80-\xff]*)$/.exec(line) ?? []
    return [name.toLowerCase(), value]
  }))
  const type = fields.get('content-type')
  const [, name, filename = ''] = disposition.exec(fields.get('content-disposition') ?? '') ?? []
  const others = [...fields.keys()].some(field => field !== 'content-disposition' && field !== 'content-type')
  if (name === undefined || others || text.split('\r\n').length !== fields.size || (type !== undefined && nested.test(type))) return undefined
  // Without a file name, or with an empty one, Python takes it for a field.
  const isFile = filename !== ''
  return !isFile && type !== undefined && !plainField.test(type) ? undefined : { name, isFile }
}
