/**
 * Takes the white space around AWS's own variables away, in place, where the SDK reads them: a
 * secret that was made with `echo` ends with a line feed, and no request can be signed with it.
 */
export function trimAwsVariables(env: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(env))
    if (name.startsWith('AWS_') && value !== undefined) env[name] = value.trim()
}
