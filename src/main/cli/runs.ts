/** `gpo runs` and `gpo show`. */
import { databaseFile } from '@main/paths'
import { runLog } from '@main/runs/log'
import { offeredCheckpoints } from '@main/runs/on-disk'
import { recoverInterrupted, resolveRun } from '@main/runs/prepare'
import { listCheckpoints } from '@main/store/checkpoints'
import { listEvaluations } from '@main/store/evaluations'
import { metricSummaries } from '@main/store/metrics'
import { openStore } from '@main/store/open'
import { getRun, getRunSummary, listRuns } from '@main/store/runs'
import type { RunSummary } from '@shared/schemas/run'
import { openRunsOf } from './model'
import { formatBytes, formatPercent, formatSeconds, formatTable, formatTime, type Output } from './output'
import { flagOf, offer, type StoreOptions } from './train'

const READ_ONLY =
  'the folder of the database cannot be written: its runs can be shown and exported; to train, copy it to a disk that can be written'

const duration = ({ endedAt, workedMs }: RunSummary) => (endedAt ? formatSeconds(workedMs / 1000) : '-')

export function showRuns(options: StoreOptions, output: Output): number {
  const store = openStore(databaseFile(options.db))
  try {
    recoverInterrupted(store)
    if (store.isReadOnly) output.note(READ_ONLY)
    const runs = listRuns(store)
    for (const run of runs) output.json(run)
    if (runs.length === 0)
      output.line(`no runs in ${store.file} yet: start one with \`gpo demo\` or \`gpo train PLAN.json\``)
    else {
      const rows = runs.map((run) => [
        run.id,
        run.status,
        run.name,
        run.criticalStep ?? 'unknown',
        `${run.iteration}/${run.iterations}`,
        formatTime(run.createdAt),
        duration(run),
      ])
      output.line(
        formatTable([['id', 'status', 'name', 'critical step', 'iterations', 'created', 'duration'], ...rows]),
      )
      for (const run of runs) offer(store, run, flagOf(options), output.note)
      for (const { id, planProblem } of runs) if (planProblem !== null) output.note(`run ${id}: ${planProblem}`)
    }
    return 0
  } finally {
    store.close()
  }
}

function showLog(run: RunSummary, output: Output): void {
  const log = runLog(run)
  output.json({ run: run.id, ...log })
  if (log.text === '') output.note(`run ${run.id} has no log: its trainer has not started, or its folder was removed`)
  else output.line(log.text.trimEnd())
}

export function showRun(wanted: string, options: StoreOptions & { log?: boolean }, output: Output): number {
  const store = openRunsOf(wanted, options.db)
  try {
    recoverInterrupted(store)
    const { id } = resolveRun(store, wanted)
    if (options.log) {
      showLog(getRunSummary(store, id), output)
      return 0
    }
    const run = getRun(store, id)
    const evaluations = listEvaluations(store, run.id)
    const checkpoints = listCheckpoints(store, run.id)
    const metrics = metricSummaries(store, run.id)
    output.json({ ...run, evaluations, checkpoints, unrecorded: offeredCheckpoints(store, run), metrics })
    output.line(`${run.id}  ${run.name}`)
    output.line(`status       ${run.status}${run.error ? `: ${run.error.message}` : ''}`)
    output.line(`iterations   ${run.iteration} of ${run.iterations}`)
    output.line(`created      ${formatTime(run.createdAt)}, took ${duration(run)}`)
    output.line(`folder       ${run.folder}`)
    if (run.environment)
      output.line(
        `environment  ${Object.entries(run.environment)
          .map(([key, value]) => `${key} ${value}`)
          .join(', ')}`,
      )
    output.line()
    output.line(
      formatTable([
        ['evaluation', 'accuracy', 'correct', 'rows'],
        ...evaluations.map((e) => [
          `iteration ${e.iteration}`,
          formatPercent(e.accuracy),
          String(e.correct),
          String(e.n),
        ]),
      ]),
    )
    output.line()
    output.line(
      formatTable([
        ['checkpoint', 'size', 'folder'],
        ...checkpoints.map((c) => [`iteration ${c.iteration}`, formatBytes(c.bytes), c.path]),
      ]),
    )
    offer(store, run, flagOf(options), output.line)
    output.line()
    const number = (value: number) => value.toPrecision(4)
    output.line(
      formatTable([
        ['metric', 'last', 'min', 'max', 'points'],
        ...metrics.map((m) => [m.name, number(m.last), number(m.min), number(m.max), String(m.count)]),
      ]),
    )
    return 0
  } finally {
    store.close()
  }
}
