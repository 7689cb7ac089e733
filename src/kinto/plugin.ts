import { isJsonObject } from './json.ts'

/** What an operator has to know of a Kinto in which the Python plugin of 2017 still runs. */
export const pluginIsThere =
  'Kinto still has the Python plugin stepfunction, which lets anybody answer: ' +
  'take it out of kinto.includes, and restart Kinto.'

/** Whether a root view of Kinto itself, as a parsed value, announces the plugin. */
export function announcesPlugin(view: unknown): boolean {
  const capabilities = isJsonObject(view) ? view['capabilities'] : undefined
  return isJsonObject(capabilities) && Object.hasOwn(capabilities, 'stepfunction')
}
