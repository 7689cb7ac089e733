import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { partsFolder } from '../demo/parts/folder.ts'
import { stopParts } from '../demo/parts/process.ts'
import { measureAnswers } from './answers/answers.ts'
import { compareOnKinto } from './compare/kinto.ts'
import { compareProxies } from './compare/proxies.ts'
import { measureGrowth } from './growth/growth.ts'
import { haveTools } from './parts/tools.ts'
import { readPlan } from './plan.ts'
import type { Plan, SectionName } from './plan.ts'
import { writeDocs } from './report/docs.ts'
import { describeMachine } from './report/machine.ts'
import { renderTable } from './report/section.ts'
import type { Section } from './report/section.ts'

// npm run bench                    some 25 minutes
// npm run bench -- --quick         under 3 minutes: shows that it works, and rough numbers
// npm run bench -- --full          every workload at every number of connections
// npm run bench -- --only proxies  one of proxies, kinto, answers, growth; may be repeated
// npm run bench -- --write-docs    puts the numbers and plots into bench/results/ and docs/
// --rounds N, --seconds N          how often and how long each thing is measured

const measures: Record<
  SectionName,
  (plan: Plan, stop: () => Promise<void>) => Promise<Section | undefined>
> = {
  proxies: compareProxies,
  kinto: compareOnKinto,
  answers: measureAnswers,
  growth: measureGrowth
}

const results = join(partsFolder, 'bench', 'results.json')

const plan = readPlan(process.argv.slice(2))
const machine = await describeMachine()
const sections: Section[] = []
if (haveTools('anything', 'taskset', 'nginx', 'h2load')) {
  process.stdout.write(`${machine}\n`)
  for (const name of plan.sections) {
    process.stderr.write(`\nMeasuring ${name} …\n`)
    const started = performance.now()
    const section = await measures[name](plan, stopParts)
    if (section === undefined) continue
    sections.push(section)
    process.stderr.write(`${name}: ${Math.round((performance.now() - started) / 1_000)} s\n`)
    const text = [
      `## ${section.title}`,
      section.notes.join('\n'),
      ...section.tables.map(renderTable)
    ]
    process.stdout.write(`\n${text.join('\n\n')}\n`)
  }
  mkdirSync(join(results, '..'), { recursive: true })
  writeFileSync(
    results,
    JSON.stringify(
      { machine, plan, sections: sections.map(({ title, data }) => ({ title, data })) },
      null,
      2
    )
  )
  process.stdout.write(`\nAs JSON: ${results}\n`)
  if (plan.writeDocs) writeDocs(machine, plan, sections)
} else {
  process.exitCode = 1
}
