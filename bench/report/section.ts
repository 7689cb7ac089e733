import type { Plot } from './svg.ts'

/** A part of the report. */
export interface Section {
  title: string
  /** Sentences that the reader needs to understand the tables. */
  notes: readonly string[]
  tables: readonly Table[]
  plots: readonly Plot[]
  /** The numbers, for a program to read. */
  data: unknown
}

export interface Table {
  title: string
  header: readonly string[]
  rows: readonly (readonly string[])[]
}

/** Markdown that is readable in a terminal too. */
export function renderTable({ title, header, rows }: Table): string {
  const widths = header.map((cell, column) =>
    Math.max(cell.length, ...rows.map(row => row[column]?.length ?? 0))
  )
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => pad(cells[column] ?? '', width, column)).join(' | ')} |`
  const dashes = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`
  )
  const rule = `|${dashes.join('|')}|`
  return [`### ${title}`, '', line(header), rule, ...rows.map(line)].join('\n')
}

// Names to the left, numbers to the right
function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width)
}
