/** Who is not logged in. Kinto also takes wrong credentials for this. */
export const everyone = 'system.Everyone'

const ofSystem: readonly string[] = [everyone, 'system.Authenticated']

// `kinto/plugins/accounts/views.py`, AccountIdGenerator.
const account = /^account:[a-zA-Z0-9][+.@\w-]*$/

// The ids that Kinto makes and takes (`kinto/core/storage/generators.py`).
const group = /^\/buckets\/[a-zA-Z0-9][\w-]*\/groups\/[a-zA-Z0-9][\w-]*$/

// Another way to log in: its name in `multiauth.policies`, then what it calls the person, such as
// the `sub` or the `name` that OpenID tells (`kinto/core/utils.py`, prefixed_userid). That may be
// any text. White space at its ends or other than a space is somebody's slip, or a trick.
const ofOtherPolicy = /^[\w.-]+:[^\s\p{Cc}\p{Cs}]+(?: +[^\s\p{Cc}\p{Cs}]+)*$/u

/**
 * Whether a text can be somebody's principal: an account with its prefix (`account:alice`), a user
 * of another policy (`auth0:google|12`), a group by its URI, or everybody. Kinto takes any text
 * into permissions, and nobody is ever called `alice`.
 */
export function isPrincipal(text: string): boolean {
  if (text.startsWith('/')) return group.test(text) && !isGroupOfDefault(text)
  if (text.startsWith('account:')) return account.test(text)
  return ofSystem.includes(text) || ofOtherPolicy.test(text)
}

/**
 * Whether a text names a group by `default`, which is another bucket for everybody. Kinto knows
 * the group by its bucket's real id.
 */
export function isGroupOfDefault(text: string): boolean {
  return text.startsWith('/buckets/default/groups/')
}
