/** Prints what is being done, and when it is done what came of it. */
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

/** Prints one thing that was looked at, and returns whether it is as it must be. */
export function check(title: string, right: boolean, found: unknown): boolean {
  say(`  ${right ? '✓' : '✗'} ${title}${right ? '' : `, but found ${JSON.stringify(found)}`}`)
  return right
}
