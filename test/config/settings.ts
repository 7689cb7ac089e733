import { ConfigError, loadSettings } from '../../src/config/config.ts'

/** The settings where nothing is set. */
export const defaults = {
  kintoUrl: 'http://127.0.0.1:8888',
  listen: { host: '127.0.0.1', port: 8889 },
  adminListen: { host: '127.0.0.1', port: 8890 },
  adminHosts: [],
  resources: [{ bucket: 'stepfunction' }],
  allowedArns: [],
  activities: [],
  sealRequired: [],
  aws: {},
  activityWaitSeconds: 20,
  kintoTimeoutSeconds: 30,
  kintoConnections: 80,
  clientIdleSeconds: 60,
  awsTimeoutSeconds: 10,
  trustProxy: false,
  logLevel: 'info'
}

/** The problems of these settings. */
export function problemsOf(env: Record<string, string>, argv: string[] = []): string[] {
  try {
    loadSettings({ argv, env })
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}
