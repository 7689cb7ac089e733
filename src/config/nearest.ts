/**
 * Those of `names` that `word` is probably meant to be: of the names in which at most a third of
 * its letters differ the nearest one, or those that are as near.
 */
export function nearest(word: string, names: readonly string[]): string[] {
  const near = names
    .map(name => ({ name, distance: editDistance(word, name) }))
    .filter(({ distance }) => distance <= word.length / 3)
  const least = Math.min(...near.map(({ distance }) => distance))
  return near.filter(({ distance }) => distance === least).map(({ name }) => name)
}

/** Levenshtein: letters to insert, remove or replace. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (const [index, letter] of from.split('').entries()) {
    const next = [index + 1]
    for (const [column, other] of to.split('').entries()) {
      const [left = 0, above = 0, diagonal = 0] = [next[column], row[column + 1], row[column]]
      next.push(Math.min(left + 1, above + 1, diagonal + (letter === other ? 0 : 1)))
    }
    row = next
  }
  const [distance = 0] = row.slice(-1)
  return distance
}
