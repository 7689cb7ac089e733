/** Frames lines so that nobody overlooks them in the output of a test run. */
export function banner(lines: readonly string[]): string {
  const bar = '!'.repeat(100)
  return [
    '',
    bar,
    ...lines.flatMap(line => line.split('\n')).map(line => `!  ${line}`),
    bar,
    ''
  ].join('\n')
}
