/** The parts of a Step Functions ARN that decide where it leads. */
export interface Arn {
  text: string
  partition: string
  region: string
  account: string
  kind: ArnKind
  name: string
}

export type ArnKind = 'activity' | 'stateMachine' | 'execution'

// The names of activities and executions hold no colon. A version or an alias may follow a state
// machine. The children of a Distributed Map have its label, or a UUID, after their state machine:
// https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html
const shapes: Record<ArnKind, RegExp> = {
  activity: /^[^:\s]{1,80}$/,
  stateMachine: /^[^:/\s]{1,80}(\/[^:/\s]{1,40})?(:[^:\s]{1,80})?$/,
  execution: /^[^:/\s]{1,80}(\/[^:/\s]{1,40})?:[^:\s]{1,80}$/
}

/**
 * Reads an ARN of Step Functions, at most 256 characters.
 * @returns undefined for any other text, and for express workflows, which cannot wait
 */
export function parseArn(text: string): Arn | undefined {
  const [, partition, region, account, type, name] =
    /^arn:(aws[a-z-]*):states:([a-z0-9]+(?:-[a-z0-9]+)*):(\d{12}):(\w+):(.+)$/.exec(text) ?? []
  if (
    text.length > 256 ||
    partition === undefined ||
    region === undefined ||
    account === undefined ||
    name === undefined
  )
    return undefined
  const kind = isKind(type) ? type : undefined
  return kind !== undefined && shapes[kind].test(name)
    ? { text, partition, region, account, kind, name }
    : undefined
}

/**
 * Whether one of `patterns` allows the ARN: `*` stands for any text, and an empty list allows all.
 * A state machine is looked at with and without its version or alias, an execution by its state
 * machine.
 */
export function isAllowed(arn: Arn, patterns: readonly string[]): boolean {
  const { partition, region, account, kind, name, text } = arn
  const [machineName = ''] = name.split(/[:/]/, 1)
  const machine = `arn:${partition}:states:${region}:${account}:stateMachine:${machineName}`
  const texts = kind === 'activity' ? [text] : kind === 'stateMachine' ? [text, machine] : [machine]
  return (
    patterns.length === 0 ||
    patterns.some(pattern => texts.some(candidate => matches(candidate, pattern)))
  )
}

function matches(text: string, pattern: string): boolean {
  const parts = pattern.split('*').map(part => RegExp.escape(part))
  return new RegExp(`^${parts.join('.*')}$`).test(text)
}

function isKind(type: string | undefined): type is ArnKind {
  return type !== undefined && Object.hasOwn(shapes, type)
}
