import {
  interpret,
  type CompiledSchema,
  type EvaluationPlugin,
  type Keyword,
  type ValidationContext
} from '@hyperjump/json-schema/experimental'

export type Node = Parameters<Keyword<unknown>['interpret']>[1]

/** A keyword that a value does not fit. */
export interface Finding {
  node: Node
  /** As in the schema; `false` for the schema of this name. */
  keyword: string
  /** What the schema says there, as the validator has prepared it. */
  value: unknown
}

/** As many as anybody reads. */
export const mostFindings = 100

/** What the validator carries through each schema and keyword, with what was found so far. */
interface Context extends ValidationContext {
  /** In this schema. */
  found?: Finding[] | undefined
  /** In each schema that this keyword looked at and that does not fit. */
  groups?: Finding[][]
}

/**
 * What in a value does not fit a schema; empty when all does. Schemas that must all fit tell their
 * own findings. Of several, one of which must fit, the one that was meant is told, if it is clear.
 * @throws RangeError when the schema leads in a circle, or is nested deeper than the stack allows
 */
export function findingsIn(schema: CompiledSchema, instance: Node): readonly Finding[] {
  const collector = new Collector()
  const { valid } = interpret(schema, instance, { plugins: [collector] })
  return valid ? [] : collector.last
}

class Collector implements EvaluationPlugin<Context> {
  /** Of the schema that was looked at last: in the end, of the whole. */
  last: readonly Finding[] = []

  beforeSchema(_url: string, _node: Node, context: Context): void {
    context.found = undefined
  }

  afterKeyword(
    [id, , value]: [id: string, uri: string, value: unknown],
    node: Node,
    context: Context,
    isValid: boolean,
    schemaContext: Context,
    { simpleApplicator }: Keyword<unknown>
  ): void {
    if (isValid) return
    schemaContext.found ??= []
    const finding = { node, keyword: id.slice(id.lastIndexOf('/') + 1), value }
    const groups = context.groups ?? []
    const findings = simpleApplicator === true ? groups.flat() : [meant(finding, groups)].flat()
    schemaContext.found.push(...findings.slice(0, mostFindings - schemaContext.found.length))
  }

  afterSchema(_url: string, node: Node, context: Context, isValid: boolean): void {
    if (isValid) return
    this.last = context.found ?? [{ node, keyword: 'false', value: false }]
    context.groups ??= []
    context.groups.push([...this.last])
  }
}

/** Of the schemas of which one must fit, the findings of the one that was meant, if it is clear. */
function meant(finding: Finding, groups: readonly Finding[][]): Finding | readonly Finding[] {
  const { node, keyword, value } = finding
  if (keyword !== 'anyOf' && keyword !== 'oneOf') return finding
  // More than one fits.
  if (!Array.isArray(value) || groups.length < value.length) return finding
  const likely = groups.filter(group => !group.some(found => isOfOtherType(node, found)))
  const [only, ...others] =
    likely.length === 1
      ? likely
      : likely.filter(group => !group.some(found => isOther(node, found)))
  if (only !== undefined && others.length === 0) return only
  const constants = groups
    .flat()
    .flatMap(found => (found.node === node && found.keyword === 'const' ? [found.value] : []))
  return constants.length < groups.length ? finding : { node, keyword: 'enum', value: constants }
}

function isOfOtherType(node: Node, found: Finding): boolean {
  return found.node === node && ['type', 'false'].includes(found.keyword)
}

/** Whether one value was expected, and another is there: in a field that tells kinds apart too. */
function isOther(node: Node, found: Finding): boolean {
  if (found.node === node) return ['const', 'enum'].includes(found.keyword)
  return found.keyword === 'const' && found.node.parent?.parent === node
}
