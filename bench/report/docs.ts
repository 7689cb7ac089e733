import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectFolder } from '../../demo/parts/folder.ts'
import type { Plan } from '../plan.ts'
import { renderTable } from './section.ts'
import type { Section } from './section.ts'
import { renderPlot } from './svg.ts'

const page = join(projectFolder, 'docs', 'performance.md')
const plots = join(projectFolder, 'docs', 'performance')
const mark = '<!-- What follows is written by `npm run bench -- --write-docs` -->'

/** Puts the numbers below the mark of docs/performance.md, and the plots beside it. */
export function writeDocs(machine: string, plan: Plan, sections: readonly Section[]): void {
  const [head] = readFileSync(page, 'utf8').split(mark)
  mkdirSync(plots, { recursive: true })
  for (const plot of sections.flatMap(section => section.plots))
    writeFileSync(join(plots, `${plot.name}.svg`), renderPlot(plot))
  const form = plan.quick ? 'The quick form, which is rough: ' : ''
  const text = [
    `${head}${mark}`,
    `${form}${plan.rounds} rounds of ${plan.seconds} s each. ${machine}.`,
    ...sections.map(render)
  ]
  writeFileSync(page, `${text.join('\n\n')}\n`)
}

function render({ title, notes, tables, plots }: Section): string {
  return [
    `## ${title}`,
    ...notes,
    ...tables.map(renderTable),
    ...plots.map(plot => `![${plot.title}](performance/${plot.name}.svg)`)
  ].join('\n\n')
}
