/** The proxy for calls to AWS, and the hosts that are called without it, by Node's names. */
export interface Proxies {
  https_proxy?: string
  no_proxy?: string
}

/**
 * Reads HTTPS_PROXY and NO_PROXY, small letters first, as curl and AWS's own programs do. No value
 * is told: it may hold a password.
 */
export function proxiesIn(
  env: Record<string, string | undefined>,
  problems: string[]
): { proxies?: Proxies } {
  const proxy = valueOf(env, 'https_proxy')
  const direct = valueOf(env, 'no_proxy')
  if (proxy === '') return {}
  if (!/^https?:\/\//i.test(proxy) || !URL.canParse(proxy))
    problems.push(
      'HTTPS_PROXY must be an http or https URL, such as http://proxy.example.com:3128.'
    )
  return { proxies: { https_proxy: proxy, ...(direct !== '' && { no_proxy: direct }) } }
}

function valueOf(env: Record<string, string | undefined>, name: string): string {
  const [value = ''] = [env[name], env[name.toUpperCase()]]
    .map(text => text?.trim() ?? '')
    .filter(text => text !== '')
  return value
}
