/** Runs a study in the terminal: one run at a time, with progress; Ctrl-C pauses it after the running iteration. */
import { driveRun } from '@main/runs/lifecycle'
import { withStartingModel } from '@main/runs/starting-model'
import type { Store } from '@main/store/query'
import { getStudy, type StudyRecord } from '@main/store/studies'
import { conductStudy } from '@main/studies/conduct'
import { type CellRun, cellRuns } from '@main/studies/evidence'
import { secondsLeft } from '@main/studies/overview'
import { resultsOf } from '@main/studies/results'
import type { Trainer } from '@main/workers/client'
import { describeError, ERROR_CODES, isErrorCode } from '@shared/errors'
import type { TrainerEvent } from '@shared/schemas/events'
import type { Study } from '@shared/schemas/study'
import { formatPercent, type Output } from './output'
import { createProgress, type Progress } from './progress'
import { forkOf, type InspectFlags, JOB_WORKER, TRAINER } from './workers'

interface Running {
  readonly store: Store
  readonly study: StudyRecord
  readonly output: Output
  readonly inspect: InspectFlags
}

/** The first Ctrl-C pauses, the second ends the trainer at once. */
function pauseOnInterrupt(say: (text: string) => void) {
  let presses = 0
  let trainer: Trainer | null = null
  const onSignal = () => {
    presses++
    if (presses === 1) {
      say(
        'pausing after this iteration (press Ctrl-C again to end at once; continuing then repeats what came after the last checkpoint)',
      )
      trainer?.stop()
    } else trainer?.kill()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return {
    isPausing: () => presses > 0,
    watch(started: Trainer) {
      trainer = started
      if (presses > 0) started.stop()
    },
    release() {
      process.off('SIGINT', onSignal)
      process.off('SIGTERM', onSignal)
    },
  }
}

const placeOf = ({ tasks }: Study, { task, arm, seed }: CellRun) =>
  [...(tasks.length > 1 ? [task] : []), arm, `seed ${seed}`].join(' · ')

/** Follows one run; the time left is that of the whole study. */
function follow(progress: Progress, { store, study }: Running, cell: CellRun): (event: TrainerEvent) => void {
  const cells = cellRuns(store, study.id)
  const number = cells.findIndex(({ position }) => position === cell.position) + 1
  const where = `run ${number}/${cells.length} · ${placeOf(study.document, cell)}`
  const iterations = cell.record?.iterations ?? 0
  const from = cell.record?.iteration ?? 0
  const begin = performance.now()
  let done = from
  let left: number | undefined
  return (event) => {
    if (event.type === 'metrics') {
      done = event.iteration
      const perIteration = (performance.now() - begin) / 1000 / Math.max(1, done - from)
      const others = cells.filter(({ position }) => position !== cell.position)
      const perRun = perIteration * iterations
      const open = others.filter(({ leftOut, record }) => leftOut === null && record?.status !== 'completed').length
      left = perIteration * (iterations - done) + (secondsLeft(others) ?? perRun * open)
    } else if (event.type === 'phase') {
      const label = event.iteration === 0 ? event.phase : `iteration ${event.iteration}/${iterations} ${event.phase}`
      progress.show(`${where} · ${label}`, event.done, event.total, event.tokens, event.seconds, left)
    } else if (event.type === 'evaluation') {
      const when = event.iteration === 0 ? 'before training' : `after iteration ${event.iteration}`
      progress.note(`${where}: ${formatPercent(event.accuracy)} correct ${when}`)
    }
  }
}

/** @returns the command's exit code */
function summarise({ store, study, output }: Running, commandOf: string): number {
  const { state, error, name } = getStudy(store, study.id)
  const results = resultsOf(store, study)
  output.json({ study: study.id, name, state, error, results })
  if (state === 'paused') {
    output.note(
      `study ${name} paused after ${results.finished} of ${results.total} runs${error ? `. ${error.message}` : ''}; continue it with: ${commandOf}`,
    )
    if (!error) return 0
    return error.code === 'interrupted' ? ERROR_CODES.interrupted : 1
  }
  if (state === 'failed') {
    output.note(
      `gpo: study ${name} failed after ${results.finished} of ${results.total} runs: ${error?.message}; then continue it with: ${commandOf}`,
    )
    return error && isErrorCode(error.code) ? ERROR_CODES[error.code] : 1
  }
  const shown = results.overall ?? results.tasks[0]
  for (const { sentence } of shown?.verdicts ?? []) output.line(sentence)
  for (const note of results.notes) output.line(note)
  output.line(`The report: ${commandOf} --report`)
  output.line(`The curves: ${commandOf} --report --format svg > curves.svg`)
  return 0
}

/** @param commandOf the command that continues this study @returns the exit code */
export async function runStudy(running: Running, commandOf: string): Promise<number> {
  const { store, study, output, inspect } = running
  const progress = createProgress()
  const interrupt = pauseOnInterrupt(progress.note)
  const fork = forkOf(inspect, progress.note)
  try {
    await conductStudy(store, study.id, {
      isPausing: interrupt.isPausing,
      onChange: () => {},
      prepare: (plan) => withStartingModel({ store, plan, workerPath: JOB_WORKER, fork }),
      drive(ready, cell) {
        const { task, arm, seed } = cell
        const { id, iteration } = ready.run
        output.json({ study: study.id, run: id, type: 'begins', task, arm, seed, iteration })
        for (const note of ready.notes) progress.note(`warning: ${note}`)
        let onEvent = follow(progress, running, cell)
        return driveRun({
          run: ready.run,
          inputs: ready.inputs,
          store,
          workerPath: TRAINER,
          fork,
          onUnprinted: (error) => progress.note(`warning: ${describeError(error)}`),
          onPrepared: ({ run, resumeFrom, damaged }) => {
            for (const reason of damaged) progress.note(`warning: ${reason}`)
            if (resumeFrom) progress.note(`run ${id} resumes after iteration ${run.iteration}`)
            onEvent = follow(progress, running, { ...cell, record: run })
          },
          onStart: interrupt.watch,
          onEvent(event) {
            onEvent(event)
            if (event.type !== 'trajectories') output.json({ study: study.id, run: id, ...event })
          },
        })
      },
    })
  } finally {
    interrupt.release()
    progress.end()
  }
  return summarise(running, commandOf)
}
