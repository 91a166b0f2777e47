/** The table of runs as CSV: what it shows, with whole numbers and full paths. Pure. */
import { gpoMode, methodName } from '@renderer/lib/run-names'
import { accuracyOf, type Measured } from '@shared/best-evaluation'
import { csvOf } from '@shared/csv'
import type { RunListItem } from '@shared/schemas/run'
import { durationOf } from './table-model'

const HEAD = [
  ...[
    'id',
    'name',
    'status',
    'method',
    'critical_step',
    'model',
    'data',
    'created',
    'started',
    'seconds',
    'iteration',
    'iterations',
  ],
  ...['base_accuracy', 'best_accuracy', 'last_accuracy', 'rows', 'tags', 'experiment'],
]

const time = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())
const share = (measured: Measured | null) => accuracyOf(measured)

/** @param now milliseconds since 1970, for runs that have not ended */
export const runsCsv = (runs: readonly RunListItem[], now: number): string =>
  csvOf([
    HEAD,
    ...runs.map((run) => {
      const {
        id,
        name,
        status,
        model,
        data,
        createdAt,
        startedAt,
        iteration,
        iterations,
        base,
        best,
        last,
        tags,
        study,
      } = run
      const ms = durationOf(run, now)
      return [
        ...[id, name, status, methodName(run), gpoMode(run), model, data, time(createdAt), time(startedAt)],
        ...[ms === null ? null : ms / 1000, iteration, iterations, share(base), share(best), share(last)],
        ...[last?.n, tags.join(' '), study?.studyName],
      ]
    }),
  ])
