import { listKeys } from './help.ts'
import { nearest } from './nearest.ts'

// A prefix may be misspelt too: Docker passes a dot on, and AWS writes the name in the plural.
const prefix = /^(?:kinto[._]?)?step_?functions?[._]?/i

/**
 * What Kubernetes tells every pod of a Service, here of one whose name begins with `stepfunction`.
 * No setting has such a name.
 * https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
const ofKubernetes =
  /_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT|PORT_\d+_[A-Z]+(_PROTO|_PORT|_ADDR)?)$/

/**
 * The variables that are probably meant for a setting and are none, a sentence each. No value is
 * told.
 */
export function misspelt(env: Record<string, string | undefined>): string[] {
  const names = listKeys().map(({ name }) => name)
  const known = new Set(
    [...names, 'guard', 'ini']
      .map(name => `STEPFUNCTION_${name.toUpperCase()}`)
      .flatMap(name => [name, `KINTO_${name}`])
  )
  return Object.keys(env).flatMap(variable => {
    const word = variable.replace(prefix, '')
    if (word === variable || known.has(variable) || ofKubernetes.test(variable)) return []
    const guesses = nearest(word.toLowerCase().replaceAll(/[.-]/g, '_'), names)
    if (guesses.length === 0) return []
    const meant = guesses.map(name => `STEPFUNCTION_${name.toUpperCase()}`).join(' or ')
    return [`${variable} in the environment is not a setting. Did you mean ${meant}?`]
  })
}
