import * as Browser from '@hyperjump/browser'
import {
  registerSchema,
  setShouldValidateFormat,
  setShouldValidateSchema,
  unregisterSchema
} from '@hyperjump/json-schema/draft-2020-12'
import '@hyperjump/json-schema/formats'
import { compile, getSchema, type CompiledSchema } from '@hyperjump/json-schema/experimental'
import type { Json } from './exact-json.ts'
import { replaceKeywords } from './keywords.ts'

/** The JSON Schema that forms are written in. */
export const dialect = 'https://json-schema.org/draft/2020-12/schema'

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
  try {
    registerSchema(form, formAddress, dialect)
    return await compile(await getSchema(formAddress))
  } finally {
    unregisterSchema(formAddress)
    // The validator remembers each unknown keyword for ever. A keyword that is added ends that.
    replaceKeywords()
  }
}
