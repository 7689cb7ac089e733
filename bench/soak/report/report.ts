import { renderTable } from '../../report/section.ts'
import type { Table } from '../../report/section.ts'
import type { Question } from '../decisions/question.ts'
import type { Ledger } from '../ledger.ts'
import type { Soaked } from '../run.ts'
import type { Handles } from '../watch/handles.ts'
import type { ServiceWatch } from '../watch/service-watch.ts'

/** What was found, in tables, the violations last. */
export function report({ plan, storage, ledger, questions, watches }: Soaked): string {
  const { violations, total } = ledger
  return [
    `${total.toLocaleString('en-US')} requests and ` +
      `${questions.length.toLocaleString('en-US')} questions ` +
      `in ${plan.seconds} s of traffic, seed ${plan.seed}, the data of Kinto in ${storage}.`,
    ...[
      requests(ledger),
      counted('What went wrong on the way, as it may', ledger.errors),
      counted('Restarts', ledger.restarts),
      counted('Connections from main to Kinto that closed unannounced', ledger.closes),
      decisions(questions),
      ...watches.flatMap(watch => [
        memory(watch),
        handles(watch),
        counted(`${watch.service.name}: warnings and errors in the log`, watch.service.log.counts)
      ])
    ].map(renderTable),
    violations.length === 0
      ? 'Nothing was violated.'
      : [`${violations.length} VIOLATED:`, ...violations.map(violation => `- ${violation}`)].join(
          '\n'
        )
  ].join('\n\n')
}

function requests({ requests, longest }: Ledger): Table {
  return {
    title: 'Requests',
    header: ['', 'longest ms', 'answers'],
    rows: [...requests]
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([kind, outcomes]) => [
        kind,
        String(Math.round(longest.get(kind) ?? 0)),
        [...outcomes]
          .toSorted(([a], [b]) => a.localeCompare(b))
          .map(([outcome, times]) => `${times} × ${outcome}`)
          .join(', ')
      ])
  }
}

function counted(title: string, counts: ReadonlyMap<string, number>): Table {
  return {
    title,
    header: ['', 'times'],
    rows: [...counts]
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([what, times]) => [what, String(times)])
  }
}

function decisions(questions: readonly Question[]): Table {
  const counts = new Map<string, number>()
  for (const { outcome } of questions
    .flatMap(({ attempts }) => attempts)
    .flatMap(({ told }) => told))
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
  return counted('What those who answered were told', counts)
}

function memory({ samples, service, first }: ServiceWatch): Table {
  return {
    title: `${service.name}: memory, MB`,
    header: ['s', 'resident', 'heap in use', 'buffers in use', 'requests under way', 'tokens held'],
    rows: samples.map(({ time, resident, live, requestsInFlight, tokensHeld }) => [
      String(Math.round((time - first.time) / 1_000)),
      ...[resident, live.heap, live.buffers].map(bytes => (bytes / 1e6).toFixed(1)),
      String(requestsInFlight),
      String(tokensHeld)
    ])
  }
}

function handles({ first, last, service }: ServiceWatch): Table {
  return {
    title: `${service.name}: handles`,
    header: ['', 'at the start', 'at the end'],
    rows:
      first.handles === undefined || last.handles === undefined
        ? [['NOT LOOKED AT: this system has no /proc', '', '']]
        : compare(first.handles, last.handles)
  }
}

function compare(first: Handles, last: Handles): string[][] {
  return [...new Set([...Object.keys(first), ...Object.keys(last)])]
    .toSorted()
    .map(type => [type, String(first[type] ?? 0), String(last[type] ?? 0)])
}
