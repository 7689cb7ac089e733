import type { Metrics } from './admin/metrics.ts'
import type { Settings } from './config/config.ts'
import type { Kinto } from './kinto/session.ts'
import { createUpstream, type Upstream } from './kinto/upstream.ts'
import type { Log } from './log.ts'
import { createStepFunctions, type StepFunctions } from './stepfunctions/clients.ts'
import { namedRegions } from './stepfunctions/endpoints.ts'
import type { Health } from './stepfunctions/health.ts'
import { keyPair } from './stepfunctions/key-pair.ts'

export interface KintoConnections {
  /** For answers, questions and the background: connections that nothing else can take. */
  own: Kinto
  /** For all else that goes to Kinto. */
  shared: Kinto
  /** Ends them all. */
  close: () => Promise<void>
}

export interface AwsConnections {
  stepFunctions: StepFunctions
  health: Health
}

// Requests for answers and questions are short, and none carries a client's body. So these are
// enough for hundreds of answers a second.
const ownConnections = 16

/** Connects to Kinto on first use. */
export function connectKinto(
  { kintoUrl: origin, kintoTimeoutSeconds, kintoConnections, kintoCa }: Settings,
  metrics: Metrics
): KintoConnections {
  const timeoutMs = kintoTimeoutSeconds * 1000
  const ca = kintoCa?.certificates
  const observe = metrics.upstreamAnswered
  const connect = (connections: number): Upstream =>
    createUpstream({ origin, timeoutMs, connections, ca, observe })
  const own = connect(ownConnections)
  const shared = connect(kintoConnections)
  return {
    own: { dispatcher: own.dispatcher, origin, timeoutMs },
    shared: { dispatcher: shared.dispatcher, origin, timeoutMs },
    async close() {
      await Promise.all([own.close(), shared.close()])
    }
  }
}

/** Connects to Step Functions on first use. */
export function connectAws(
  { aws, proxies, awsTimeoutSeconds, activities, allowedArns }: Settings,
  metrics: Metrics,
  log: Log
): AwsConnections {
  const { endpointUrl: endpoint, region } = aws
  const stepFunctions = createStepFunctions({
    observe: metrics.awsCalled,
    timeoutMs: awsTimeoutSeconds * 1000,
    endpoint,
    proxies,
    credentials: keyPair(aws)
  })
  const regions = namedRegions({ region, activities, allowedArns })
  return { stepFunctions, health: stepFunctions.health({ endpoint, regions, log }) }
}
