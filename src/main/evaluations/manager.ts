/** The evaluations that this program makes: one at a time, in the order asked. Tells listeners what has changed. */
import { isAlive, thisProcess } from '@main/runs/process'
import {
  createModelEvaluation,
  finishEvaluation,
  getModelEvaluation,
  type NewEvaluation,
  openEvaluations,
  removeModelEvaluation,
  setEvaluationState,
} from '@main/store/model-evaluations'
import type { Store } from '@main/store/query'
import type { Fork } from '@main/workers/fork'
import type { JobOf } from '@main/workers/job'
import { runJob } from '@main/workers/job-client'
import type { RowAnswer } from '@main/workers/results'
import type { EvaluationEvent, EvaluationProgress } from '@shared/contract/evaluations'
import { describeError, GpoError } from '@shared/errors'
import { createHub } from '@shared/event-hub'
import type { EvaluatedRow } from '@shared/schemas/evaluation'

export type EvaluateJob = JobOf<'evaluate'> & { readonly kind: 'evaluate' }

export interface EvaluationManager {
  /** Records it and puts it into the queue. @returns its id */
  start(record: NewEvaluation, job: EvaluateJob): string
  /** Ends one that waits or runs; nothing of it is kept but that it was asked for. */
  cancel(id: string): void
  /** Ends it first where it waits or runs. */
  remove(id: string): void
  listen(signal: AbortSignal | undefined): AsyncGenerator<EvaluationEvent, void>
  /** Ends the running one and those that wait. */
  close(): Promise<void>
}

export interface EvaluationManagerOptions {
  readonly store: Store
  readonly workerPath: string
  readonly fork?: Fork
  readonly onBug: (error: unknown) => void
}

const INTERRUPTED = 'The program ended before the evaluation did: run it again.'

/** Marks evaluations whose program has ended. */
export function recoverEvaluations(store: Store): void {
  if (store.isReadOnly) return
  for (const { id, owner } of openEvaluations(store))
    if (!isAlive(owner)) setEvaluationState(store, id, 'interrupted', INTERRUPTED)
}

/** The answers with the prompts and references that were asked. */
export function withQuestions(job: EvaluateJob, answers: readonly RowAnswer[]): EvaluatedRow[] {
  const asked = new Map(job.examples.map((example) => [example.row, example]))
  return answers.map((answer) => {
    const { prompt = '', reference = '' } = asked.get(answer.row) ?? {}
    return { ...answer, prompt, reference }
  })
}

export function createEvaluationManager(options: EvaluationManagerOptions): EvaluationManager {
  const { store, workerPath, fork, onBug } = options
  const hub = createHub<EvaluationEvent>()
  let waiting: { readonly id: string; readonly job: EvaluateJob }[] = []
  let active: { readonly id: string; readonly abort: AbortController; readonly ended: Promise<void> } | null = null
  let progress: EvaluationProgress | null = null
  let isClosing = false
  const announce = () => hub.publish({ type: 'evaluations' })

  async function perform(id: string, job: EvaluateJob, signal: AbortSignal): Promise<void> {
    const answers: RowAnswer[] = []
    try {
      setEvaluationState(store, id, 'running')
      announce()
      const result = await runJob<'evaluate'>({
        workerPath,
        fork,
        job,
        signal,
        onItem: (answer) => answers.push(answer),
        onProgress: ({ label, done, total, seconds }) => {
          progress = { id, label, done, total, secondsLeft: done > 0 ? (seconds / done) * (total - done) : null }
          hub.publish({ type: 'progress', ...progress })
        },
      })
      finishEvaluation(store, id, result, withQuestions(job, answers))
    } catch (error) {
      if (signal.aborted)
        setEvaluationState(store, id, isClosing ? 'interrupted' : 'cancelled', isClosing ? INTERRUPTED : null)
      else {
        if (!(error instanceof GpoError)) onBug(error)
        setEvaluationState(store, id, 'failed', describeError(error))
      }
    }
  }

  function next(): void {
    const [first, ...rest] = waiting
    if (active || isClosing || !first) return
    waiting = rest
    const abort = new AbortController()
    const ended = perform(first.id, first.job, abort.signal)
      .catch(onBug)
      .finally(() => {
        active = null
        progress = null
        announce()
        next()
      })
    active = { id: first.id, abort, ended }
  }

  function cancel(id: string): void {
    if (active?.id === id) active.abort.abort()
    else if (waiting.some((one) => one.id === id)) {
      waiting = waiting.filter((one) => one.id !== id)
      setEvaluationState(store, id, 'cancelled')
      announce()
    }
  }

  return {
    start(record, job) {
      const id = createModelEvaluation(store, record, thisProcess())
      waiting = [...waiting, { id, job }]
      announce()
      next()
      return id
    },
    cancel(id) {
      const { state, model } = getModelEvaluation(store, id)
      const isHere = active?.id === id || waiting.some((one) => one.id === id)
      if (!isHere && (state === 'queued' || state === 'running'))
        throw new GpoError('usage', `The evaluation of ${model} belongs to another program: cancel it there.`)
      cancel(id)
    },
    remove(id) {
      cancel(id)
      removeModelEvaluation(store, id)
      announce()
    },
    async *listen(signal) {
      // Listens before the first yield, so that no event is missed in between.
      const events = hub.listen(signal, (waiting, event) => (waiting.type === event.type ? event : null))
      yield { type: 'evaluations' }
      if (progress) yield { type: 'progress', ...progress }
      yield* events
    },
    async close() {
      isClosing = true
      for (const { id } of waiting) setEvaluationState(store, id, 'interrupted', INTERRUPTED)
      waiting = []
      active?.abort.abort()
      await active?.ended
    },
  }
}
