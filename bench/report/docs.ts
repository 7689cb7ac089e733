import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectFolder } from '../../demo/parts/folder.ts'
import type { Plan } from '../plan.ts'
import { renderTable } from './section.ts'
import type { Section } from './section.ts'
import { renderPlot } from './svg.ts'

const results = join(projectFolder, 'bench', 'results')
// What docs/performance.md shows
const shown = {
  plots: ['cpu-per-get', 'memory-connections'],
  folder: join(projectFolder, 'docs', 'performance'),
  path: '../../docs/performance/'
}

/** Writes bench/results/README.md anew, and the plots. docs/performance.md is written by hand. */
export function writeDocs(machine: string, plan: Plan, sections: readonly Section[]): void {
  for (const folder of [shown.folder, results]) mkdirSync(folder, { recursive: true })
  for (const plot of sections.flatMap(section => section.plots))
    writeFileSync(
      join(isShown(plot.name) ? shown.folder : results, `${plot.name}.svg`),
      renderPlot(plot)
    )
  const form = plan.quick ? 'The quick form, which is rough: ' : ''
  const text = [
    '# What the bench measured',
    'Written by `npm run bench -- --write-docs`. [How it is measured](../README.md).',
    `${form}${plan.rounds} rounds of ${plan.seconds} s each. ${machine}.`,
    ...sections.map(render)
  ]
  writeFileSync(join(results, 'README.md'), `${text.join('\n\n')}\n`)
}

function render({ title, notes, tables, plots }: Section): string {
  return [
    `## ${title}`,
    ...notes,
    ...tables.map(renderTable),
    ...plots.map(({ title, name }) => `![${title}](${isShown(name) ? shown.path : ''}${name}.svg)`)
  ].join('\n\n')
}

function isShown(plot: string): boolean {
  return shown.plots.includes(plot)
}
