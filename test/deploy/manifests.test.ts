import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parse, parseAllDocuments } from 'yaml'
import { loadSettings } from '../../src/config/config.ts'
import { read, type Json } from './files.ts'

// deploy/check.ts holds the form of these files against their schemas. Here is what they must mean.

interface Example {
  /** Settings as text, by their names in the environment. */
  env: Record<string, string>
  /** Settings whose values stand elsewhere. */
  secrets: string[]
  stopSeconds: number
  publishedPorts: string[]
}

const compose: Json = parse(read('compose.yaml'))
const kubernetes: Json[] = parseAllDocuments(read('deploy/kubernetes.yaml')).map(document =>
  document.toJSON()
)
const kind = (name: string): Json => kubernetes.find(object => object.kind === name)
const pod: Json = kind('Deployment').spec.template.spec
const [container] = pod.containers
const {
  memory: taskMemory,
  containerDefinitions: [task]
} = JSON.parse(read('deploy/ecs-task-definition.json'))

const secretNames = ['STEPFUNCTION_KINTO_AUTHORIZATION', 'STEPFUNCTION_SEAL_SECRET']
const byName = (entries: Json[]): Record<string, string> =>
  Object.fromEntries(
    entries.filter(({ value }) => value !== undefined).map(({ name, value }) => [name, value])
  )
const composeEntries = Object.entries<string>(compose.services.stepfunction.environment)
const fromDotEnv = composeEntries
  .filter(([name, value]) => value.startsWith(`\${${name}:?`))
  .map(([name]) => name)

const examples: Record<string, Example> = {
  Compose: {
    env: Object.fromEntries(composeEntries.filter(([name]) => !fromDotEnv.includes(name))),
    secrets: fromDotEnv,
    stopSeconds: Number.parseInt(compose.services.stepfunction.stop_grace_period, 10),
    publishedPorts: compose.services.stepfunction.ports
  },
  Kubernetes: {
    env: byName(container.env),
    secrets: container.env
      .filter((entry: Json) => entry.valueFrom?.secretKeyRef !== undefined)
      .map((entry: Json) => entry.name),
    stopSeconds:
      pod.terminationGracePeriodSeconds - Number(container.lifecycle.preStop.exec.command[1]),
    publishedPorts: kind('Service').spec.ports.map((port: Json) => String(port.port))
  },
  ECS: {
    env: byName(task.environment),
    secrets: task.secrets.map((entry: Json) => entry.name),
    stopSeconds: task.stopTimeout,
    publishedPorts: task.portMappings.map((mapping: Json) => String(mapping.containerPort))
  }
}

for (const [name, { env, secrets, stopSeconds, publishedPorts }] of Object.entries(examples)) {
  t.test(name, async t => {
    t.test('sets what is a setting, to what the service takes', async t => {
      const settings = settingsOf(t, env)
      t.not(settings.kintoUrl, loadSettings({ argv: [], env: {} }).kintoUrl)
    })

    t.test('answers only what was asked through the service', async t => {
      const { resources, sealRequired } = settingsOf(t, env)
      t.strictSame(sealRequired, resources)
    })

    t.test('holds no secret', async t => {
      t.strictSame(secrets, secretNames)
      for (const secret of secretNames) t.notOk(secret in env, secret)
    })

    t.test('gives a stopping process 75 s', async t => {
      t.ok(stopSeconds >= 75)
    })

    t.test('does not publish the admin listener', async t => {
      t.match(publishedPorts, [/(^|:)8889$/])
      t.equal(publishedPorts.length, 1)
    })
  })
}

t.test('every container of Compose has 75 s to stop, and a check of its health', async t => {
  for (const [name, service] of Object.entries<Json>(compose.services)) {
    t.equal(service.stop_grace_period, '75s', name)
    if (name !== 'stepfunction') t.ok(service.healthcheck, name)
  }
  t.match(read('Dockerfile'), /^HEALTHCHECK /m, "the service's stands in its image")
})

t.test('Compose names in its examples of secrets what it asks for', async t => {
  const asked = new Set(
    [...read('compose.yaml').matchAll(/\$\{(\w+):\?/g)].map(([, variable]) => variable)
  )
  const shown = [...read('deploy/example.env').matchAll(/^(\w+)=/gm)].map(
    ([, variable]) => variable
  )
  t.strictSame(new Set(shown), asked)
})

t.test('the kubelet and the load balancer reach the admin listener', async t => {
  for (const name of ['Kubernetes', 'ECS'])
    t.match(settingsOf(t, examples[name]?.env ?? {}).adminListen, { host: '0.0.0.0', port: 8890 })
  t.match(container.ports, [
    { name: 'http', containerPort: 8889 },
    { name: 'admin', containerPort: 8890 }
  ])
  t.match(
    [container.livenessProbe, container.readinessProbe],
    [{ httpGet: { path: '/live', port: 'admin' } }, { httpGet: { path: '/ready', port: 'admin' } }]
  )
})

t.test('a container may do no more than it must', async t => {
  t.match(pod, {
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 1000,
      seccompProfile: { type: 'RuntimeDefault' }
    }
  })
  t.match(container.securityContext, {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] }
  })
  t.match(task, {
    user: '1000:1000',
    readonlyRootFilesystem: true,
    linuxParameters: { capabilities: { drop: ['ALL'] } }
  })
  t.match(compose.services.stepfunction, {
    read_only: true,
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true']
  })
})

t.test('a container has the memory that the largest bodies take', async t => {
  t.equal(container.resources.limits.memory, '1Gi')
  t.equal(taskMemory, '1024')
})

t.test(
  'ECS looks after the container as its image does, ' +
    "for it takes no notice of the image's own check",
  async t => {
    const [, command] = /^ +CMD (\[.*\])$/m.exec(read('Dockerfile')) ?? []
    t.strictSame(task.healthCheck.command, ['CMD', ...JSON.parse(command ?? '[]')])
  }
)

t.test('Kubernetes keeps one replica while it moves the other', async t => {
  t.equal(kind('Deployment').spec.replicas, 2)
  t.equal(kind('PodDisruptionBudget').spec.minAvailable, 1)
  for (const selector of [
    kind('Deployment').spec.selector.matchLabels,
    kind('Service').spec.selector,
    kind('PodDisruptionBudget').spec.selector.matchLabels,
    kind('NetworkPolicy').spec.podSelector.matchLabels
  ]) {
    t.strictSame(selector, kind('Deployment').spec.template.metadata.labels)
  }
})

// In a file, unlike in the environment, the service refuses settings that it does not know.
function settingsOf(t: Test, env: Record<string, string>) {
  const lines = Object.entries(env).map(
    ([name, value]) => `${name.toLowerCase().replace('stepfunction_', 'stepfunction.')} = ${value}`
  )
  const folder = t.testdir({ 'example.ini': ['[app:main]', ...lines, ''].join('\n') })
  // Some settings need the secret, which stands elsewhere.
  return loadSettings({
    argv: ['--config', join(folder, 'example.ini')],
    env: { STEPFUNCTION_SEAL_SECRET: '5a'.repeat(32) }
  })
}
