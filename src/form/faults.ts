import * as Instance from '@hyperjump/json-schema/instance/experimental'
import { describe } from './descriptions.ts'
import { mostFindings, type Finding, type Node } from './findings.ts'

/** Something in a value that the schema does not allow. */
export interface Fault {
  /** Names and indexes that lead there, from the top. A missing field is named itself. */
  path: (string | number)[]
  /** For a person; without a full stop. */
  description: string
}

// Names in an output may be as long as it is. What the faults hold together is bounded.
const mostCharacters = 100_000

/** Findings as faults: at most 100, each of them once. */
export function toFaults(findings: readonly Finding[]): Fault[] {
  const faults = new Map<string, Fault>()
  let characters = 0
  for (const fault of findings.flatMap(faultsOf)) {
    const key = JSON.stringify(fault)
    if (faults.has(key)) continue
    characters += key.length
    if (faults.size > 0 && characters > mostCharacters) break
    faults.set(key, fault)
    if (faults.size === mostFindings) break
  }
  return [...faults.values()]
}

function faultsOf(finding: Finding): Fault[] {
  const { node } = finding
  const path = pathOf(node)
  const missing = missingFields(finding)
  if (missing.length > 0)
    return missing
      .slice(0, mostFindings)
      .map(([name, description]) => ({ path: [...path, name], description }))
  const description = describe(finding)
  const isName = node.parent?.type === 'property' && node.parent.children[0] === node
  return [{ path, description: isName ? `The name of this field: ${description}` : description }]
}

/** The names of the fields that are missing, each with a description. */
function missingFields({ node, keyword, value }: Finding): [name: string, description: string][] {
  if (!Array.isArray(value)) return []
  const isMissing = (name: string): boolean => !Instance.has(name, node)
  if (keyword === 'required') return value.filter(isMissing).map(name => [name, 'Required'])
  if (keyword !== 'dependentRequired') return []
  return value
    .filter(([given]) => Instance.has(given, node))
    .flatMap(([given, names]) =>
      names.filter(isMissing).map((name: string) => [name, `Required beside ${given}`])
    )
}

/** What leads to a value, or to the field whose name it is. */
function pathOf(node: Node): (string | number)[] {
  const path: (string | number)[] = []
  let at = node
  while (at.parent !== undefined) {
    const { parent } = at
    const [name] = at.children
    if (at.type === 'property' && name !== undefined) path.unshift(Instance.value<string>(name))
    else if (parent.type === 'array') path.unshift(parent.children.indexOf(at))
    at = parent
  }
  return path
}
