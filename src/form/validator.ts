import * as Browser from '@hyperjump/browser'
import {
  registerSchema,
  setShouldValidateFormat,
  setShouldValidateSchema,
  unregisterSchema
} from '@hyperjump/json-schema/draft-2020-12'
import '@hyperjump/json-schema/formats'
import {
  buildSchemaDocument,
  compile,
  getSchema,
  type CompiledSchema
} from '@hyperjump/json-schema/experimental'
import type { Json } from './exact-json.ts'
import { replaceKeywords } from './keywords.ts'

/** The JSON Schema that forms are written in. */
export const dialect = 'https://json-schema.org/draft/2020-12/schema'

// Where the schemas of JSON Schema itself are.
const reserved = 'https://json-schema.org/'

// What the form's own references start from. There is nothing else at this address.
const formAddress = 'form:/'

// The validator would fetch what a reference names.
for (const scheme of ['http', 'https', 'file']) Browser.removeUriSchemePlugin(scheme)
// It writes to the console why a name of a host is none: people's texts, among the service's logs.
console.log = () => {}
// The check against the meta-schema is ours, for the sake of exact numbers.
setShouldValidateSchema(false)
setShouldValidateFormat(true)
replaceKeywords()

export const metaSchema: CompiledSchema = await compile(await getSchema(dialect))

/**
 * Prepares a form for checks.
 * @throws Error that says why it cannot be used; `RetrievalError` for a reference that leaves it
 */
export async function compileForm(form: { [keyword: string]: Json }): Promise<CompiledSchema> {
  refuseKnownIds(form)
  try {
    registerSchema(form, formAddress, dialect)
    return await compile(await getSchema(formAddress))
  } finally {
    unregisterSchema(formAddress)
    // The validator remembers each unknown keyword for ever. A keyword that is added ends that.
    replaceKeywords()
  }
}

/** Where an id names a schema that the validator has, it takes that one, and says nothing. */
function refuseKnownIds(form: { [keyword: string]: Json }): void {
  const { embedded } = buildSchemaDocument(form, formAddress, dialect)
  const known = Object.keys({ ...embedded }).find(id => id.startsWith(reserved))
  if (known !== undefined)
    throw new Error(`"$id" must not begin with ${reserved}, as ${known} does.`)
}
