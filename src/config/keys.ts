import { sealSecrets, type SealSecrets } from './secrets.ts'
import { boolean, logLevel, seconds, wholeNumber, type LogLevel } from './scalars.ts'
import {
  activities,
  address,
  arnPatterns,
  authorities,
  authorization,
  awsKey,
  endpoint,
  hostNames,
  origin,
  region,
  resources
} from './values.ts'
import type { Activity, Address, Authorities, Resource } from './values.ts'

export interface Settings {
  kintoUrl: string
  kintoCa?: Authorities
  listen: Address
  adminListen: Address
  adminHosts: string[]
  resources: Resource[]
  kintoAuthorization?: string
  allowedArns: string[]
  activities: Activity[]
  /** Whether `guard` is set. Earlier versions had it; it does nothing, so operators are told. */
  guardIsSet?: true
  sealSecrets?: SealSecrets
  sealRequired: Resource[]
  aws: { accessKey?: string; secretKey?: string; region?: string; endpointUrl?: string }
  activityWaitSeconds: number
  kintoTimeoutSeconds: number
  kintoConnections: number
  clientIdleSeconds: number
  awsTimeoutSeconds: number
  trustProxy: boolean
  logLevel: LogLevel
}

export interface Key<Value> {
  /** As in the ini file after `stepfunction.`; the names in the environment follow from it. */
  name: string
  doc: string
  parse: (text: string) => Value
  /** As one would write it in the ini file. */
  default?: string
  /** Variables of other programs, for a key that neither our own variables nor the file set. */
  fallbackVariables?: readonly string[]
}

export interface Reader {
  required: <Value>(key: Key<Value> & { default: string }) => Value
  optional: <Value>(key: Key<Value>) => Value | undefined
}

/** The table of all settings. `config.example.ini` shows each with its `doc` and default. */
export function readSettings({ required, optional }: Reader): Settings {
  return {
    kintoUrl: required({
      name: 'kinto_url',
      default: 'http://127.0.0.1:8888',
      parse: origin,
      doc: 'Where Kinto listens: scheme, host and port.'
    }),
    ...optional({
      name: 'kinto_ca',
      parse: path => ({ kintoCa: authorities(path) }),
      doc: "A file with the certificate of the authority that Kinto's certificate is from, in PEM."
    }),
    listen: required({
      name: 'listen',
      default: '127.0.0.1:8889',
      parse: address,
      doc: 'Where this service listens, as host:port.'
    }),
    adminListen: required({
      name: 'admin_listen',
      default: '127.0.0.1:8890',
      parse: address,
      doc: 'Where /live, /ready and /metrics are served, as host:port.'
    }),
    adminHosts: required({
      name: 'admin_hosts',
      default: '',
      parse: hostNames,
      doc: 'The names by which admin_listen may be asked, beside its addresses and localhost.'
    }),
    resources: required({
      name: 'resources',
      default: '/buckets/stepfunction',
      parse: resources,
      doc: 'The buckets and collections whose records can be answered.'
    }),
    ...optional({
      name: 'kinto_authorization',
      parse: text => ({ kintoAuthorization: authorization(text) }),
      doc: "The service's own Kinto account, as the value of an Authorization header."
    }),
    allowedArns: required({
      name: 'allowed_arns',
      default: '',
      parse: arnPatterns,
      doc: 'The Step Functions ARNs that records may name, as patterns with *.'
    }),
    activities: required({
      name: 'activities',
      default: '',
      parse: activities,
      doc: 'The activities whose tasks are taken as they come, so that no answer waits for one.'
    }),
    ...optional({
      name: 'seal_secret',
      parse: text => ({ sealSecrets: sealSecrets(text) }),
      doc:
        'The secret that questions are sealed with, at least 32 random bytes in hex or base64. ' +
        'Of several the first one seals, and all open.'
    }),
    sealRequired: required({
      name: 'seal_required',
      default: '',
      parse: text => (text === '' ? [] : resources(text)),
      doc:
        'The buckets and collections where only questions are answered ' +
        'that were asked through this service.'
    }),
    aws: {
      ...optional({
        name: 'aws_access_key',
        parse: text => ({ accessKey: awsKey(text) }),
        doc: 'The AWS access key id, together with aws_secret_key.'
      }),
      ...optional({
        name: 'aws_secret_key',
        parse: text => ({ secretKey: awsKey(text) }),
        doc: 'The AWS secret access key, together with aws_access_key.'
      }),
      ...optional({
        name: 'aws_region',
        parse: text => ({ region: region(text) }),
        fallbackVariables: ['AWS_REGION', 'AWS_DEFAULT_REGION'],
        doc: 'The AWS region for records that name no ARN.'
      }),
      ...optional({
        name: 'aws_endpoint_url',
        parse: text => ({ endpointUrl: endpoint(text) }),
        doc: 'Another Step Functions endpoint than that of AWS, such as an emulator.'
      })
    },
    // A request has 55 s in all. Waiting and reporting must leave 10 s of them to the requests to
    // Kinto.
    activityWaitSeconds: required({
      name: 'activity_wait_seconds',
      default: '20',
      parse: seconds(0, 45),
      doc: 'How long one answer waits for the task of its activity, 0 to 45 seconds.'
    }),
    // Below 1 s a busy Kinto counts as dead. At 300 s HTTP clients, undici among them, give up
    // anyway.
    kintoTimeoutSeconds: required({
      name: 'kinto_timeout_seconds',
      default: '30',
      parse: seconds(1, 300),
      doc: 'How long Kinto may be silent, 1 to 300 seconds.'
    }),
    kintoConnections: required({
      name: 'kinto_connections',
      default: '80',
      parse: wholeNumber(10, 10_000),
      doc: 'How many requests are passed to Kinto at one time, 10 to 10000.'
    }),
    clientIdleSeconds: required({
      name: 'client_idle_seconds',
      default: '60',
      parse: seconds(1, 300),
      doc: 'How long a client may be silent while it sends or reads a body, 1 to 300 seconds.'
    }),
    // One attempt gets a third of it. A third of less than 1 s is too short for a TLS handshake
    // with another continent.
    awsTimeoutSeconds: required({
      name: 'aws_timeout_seconds',
      default: '10',
      parse: seconds(1, 45),
      doc: 'How long all attempts of one report to Step Functions may take, 1 to 45 seconds.'
    }),
    trustProxy: required({
      name: 'trust_proxy',
      default: 'false',
      parse: boolean,
      doc: "Whether a client's X-Forwarded-* headers are believed and passed on to Kinto."
    }),
    logLevel: required({
      name: 'log_level',
      default: 'info',
      parse: logLevel,
      doc: 'The least level that is logged: fatal, error, warn, info, debug, trace or silent.'
    })
  }
}
