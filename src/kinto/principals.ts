/** Who is not logged in. Kinto also takes wrong credentials for this. */
export const everyone = 'system.Everyone'

/**
 * Whether a text can name somebody to Kinto: an account with its prefix (`account:alice`), a group,
 * or everybody. Kinto takes any text into permissions, and nobody is ever called `alice`.
 */
export function isPrincipal(text: string): boolean {
  return /^(\w+:.|\/buckets\/[^/]+\/groups\/.|system\.(Everyone|Authenticated)$)/.test(text)
}
