import { readFileSync } from 'node:fs'

/** The package's own description of itself: one folder up from here, in `src` as in `dist`. */
export const about: { version: string; homepage: string } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8')
)
