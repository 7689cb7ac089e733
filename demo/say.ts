/** Prints the title of some work, does the work, then prints its outcome. */
export async function step<Result>(
  title: string,
  work: () => Promise<Result>,
  outcome: (result: Result) => string = () => 'done'
): Promise<Result> {
  process.stdout.write(`  ${`${title} `.padEnd(46, '.')} `)
  const result = await work()
  process.stdout.write(`${outcome(result)}\n`)
  return result
}

export function say(text = ''): void {
  process.stdout.write(`${text}\n`)
}

/**
 * Prints the result of one check, and what was found if it is wrong.
 * @returns `right`
 */
export function check(title: string, right: boolean, found: unknown): boolean {
  say(`  ${right ? '✓' : '✗'} ${title}${right ? '' : `, but found ${JSON.stringify(found)}`}`)
  return right
}
