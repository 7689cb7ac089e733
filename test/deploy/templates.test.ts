import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { read, type Json } from './files.ts'

const templates: Record<string, Json> = Object.fromEntries(
  ['workflow', 'workflow-without-lambda'].map(name => [
    name,
    parse(read(`deploy/${name}.yaml`), { logLevel: 'error' }).Resources
  ])
)
const statements = (policy: Json): Json[] =>
  policy.Statement.flat().filter((entry: Json) => entry.Action !== undefined)
const documented = statements(JSON.parse(read('docs/aws/service-policy.json')))

for (const [name, resources] of Object.entries(templates)) {
  t.test(
    `the rights of ${name} are scoped, and those of the service are the documented ones`,
    async t => {
      const policies = Object.values<Json>(resources).flatMap(({ Properties }) =>
        [
          Properties.PolicyDocument ?? [],
          (Properties.Policies ?? []).map((policy: Json) => policy.PolicyDocument ?? [])
        ].flat(2)
      )
      t.ok(policies.length > 0)
      for (const { Sid, Action, Resource } of policies.flatMap(statements))
        t.notMatch([Action, Resource].flat(2), ['*'], Sid)
      for (const { Sid, Action } of statements(resources.ServicePolicy.Properties.PolicyDocument))
        t.strictSame(Action, documented.find(statement => statement.Sid === Sid)?.Action, Sid)
    }
  )
}

t.test('the policy names what docs/aws.md creates', async t => {
  const resources = documented.flatMap(({ Resource }) => Resource)
  const created = read('docs/aws.md').matchAll(/create-(state-machine|activity) --name ([\w-]+)/g)
  for (const [, kind, name = ''] of created) {
    const part = kind === 'activity' ? `:activity:${name}` : `:execution:${name}:*`
    t.ok(
      resources.some((resource: string) => resource.endsWith(part)),
      name
    )
  }
})

t.test('every task of the SAM template ends in time, and finds what is substituted', async t => {
  const { workflow } = templates
  t.ok(workflow.CreateRecord.Properties.Timeout < 60)
  for (const name of ['ReviewByCallback', 'ReviewByActivity']) {
    const { DefinitionUri, DefinitionSubstitutions } = workflow[name].Properties
    const definition = read(join('deploy', DefinitionUri))
    for (const state of Object.values<Json>(JSON.parse(definition).States))
      if (state.Type === 'Task') t.ok(state.TimeoutSeconds >= 60, name)
    t.strictSame(
      new Set([...definition.matchAll(/\$\{(\w+)\}/g)].map(([, variable]) => variable)),
      new Set(Object.keys(DefinitionSubstitutions))
    )
  }
})

t.test('the state machines without a Lambda function', async t => {
  const Resources: Json = templates['workflow-without-lambda']
  for (const name of ['Review', 'Ask']) {
    const { StartAt, States }: Json = Resources[name].Properties.Definition
    const states = Object.values<Json>(States)
    const named = [
      StartAt,
      ...states.flatMap(state => [state, ...(state.Catch ?? [])]).flatMap(({ Next }) => Next ?? [])
    ]
    t.strictSame(
      new Set(named),
      new Set(Object.keys(States)),
      `${name} names its states, and leaves none out`
    )
    for (const state of states.filter(({ Resource = '' }) =>
      Resource.endsWith('.waitForTaskToken')
    ))
      t.ok(state.TimeoutSeconds > 0)
  }
  const { data, permissions } = Resources.Ask.Properties.Definition.States.Ask.Arguments.RequestBody
  const { Input } = Resources.Review.Properties.Definition.States.AskReviewer.Parameters
  const asked = JSON.stringify({ data, permissions })
  const handed = [...asked.matchAll(/\$states\.input\.(\w+)/g)].map(([, name = '']) => name)
  for (const field of handed)
    t.ok(`${field}.$` in Input || field in Input, `${field} is handed over`)
  t.strictSame(
    new Set(handed),
    new Set([
      'id',
      'subject',
      'reviewer',
      'askedAt',
      'timeoutSeconds',
      'stateMachineArn',
      'executionArn',
      'taskToken'
    ])
  )
})
