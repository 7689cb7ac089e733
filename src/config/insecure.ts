import type { Settings } from './config.ts'

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/

/** What is insecure about the settings, a sentence each. */
export function insecurities({
  kintoUrl,
  kintoAuthorization,
  allowedArns,
  guardIsSet,
  sealSecrets,
  sealRequired,
  trustProxy,
  adminListen,
  aws
}: Settings): string[] {
  const found: [boolean, string][] = [
    [
      isOpen(kintoUrl),
      'stepfunction.kinto_url is http to another machine: ' +
        'everybody between can read passwords and task tokens.'
    ],
    [
      aws.endpointUrl !== undefined && isOpen(aws.endpointUrl),
      'stepfunction.aws_endpoint_url is http to another machine: ' +
        'everybody between can read task tokens.'
    ],
    [
      kintoAuthorization === undefined,
      'stepfunction.kinto_authorization is not set: records are updated as the reviewer, ' +
        'and Kinto adds everybody who writes a record to its write list, so an inherited right ' +
        'becomes a lasting one on that record (system.Everyone included).'
    ],
    [
      kintoAuthorization === undefined,
      'stepfunction.kinto_authorization is not set: the token of a task that was fetched for ' +
        'another record waits in the memory of this process, and is lost with it. ' +
        'Run one replica, or set it.'
    ],
    [
      allowedArns.length === 0,
      'stepfunction.allowed_arns is not set: ' +
        'records may name state machines and activities of any account and region.'
    ],
    [
      guardIsSet ?? false,
      'stepfunction.guard does nothing any more: ' +
        'take it out, and set stepfunction.seal_secret, which seals questions.'
    ],
    [
      sealSecrets === undefined,
      'stepfunction.seal_secret is not set: questions are not sealed, ' +
        'so everybody who may write a record can change what is asked there, ' +
        'and everybody who reads its task token can use it elsewhere.'
    ],
    [
      sealSecrets !== undefined && sealRequired.length === 0,
      'stepfunction.seal_required is not set: ' +
        'records that were not asked through this service are answered as they are, ' +
        'and so is the question of an activity whose seal somebody took out before its task came.'
    ],
    [
      trustProxy,
      'stepfunction.trust_proxy is on: ' +
        'everybody who reaches this service directly can forge X-Forwarded-*.'
    ],
    [
      !loopback.test(adminListen.host),
      'stepfunction.admin_listen is not on this machine alone: ' +
        'everybody who reaches it can read the metrics.'
    ]
  ]
  return found.flatMap(([holds, sentence]) => (holds ? [sentence] : []))
}

function isOpen(url: string): boolean {
  const { protocol, hostname } = new URL(url)
  return protocol === 'http:' && !loopback.test(hostname)
}
