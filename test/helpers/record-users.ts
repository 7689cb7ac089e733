/** The user of `Basic` credentials, the only scheme that is known here. */
export function userOf(authorization: string | undefined): string | undefined {
  const [scheme, credentials = ''] = (authorization ?? '').split(' ')
  return scheme === 'Basic'
    ? `account:${Buffer.from(credentials, 'base64').toString().split(':')[0]}`
    : undefined
}

export function principals(user: string | undefined): string[] {
  return user === undefined
    ? ['system.Everyone']
    : [user, 'system.Authenticated', 'system.Everyone']
}

/** Whether one of the lists names the user, or a group that the user belongs to. */
export function may(user: string | undefined, ...granted: (string[] | undefined)[]): boolean {
  const who = principals(user)
  return granted.some(list => (list ?? []).some(principal => who.includes(principal)))
}
