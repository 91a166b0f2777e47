/** The tokens of a recorded trajectory as the weights of a checkpoint see them. */

import type { Place } from '@main/store/hand-made'
import type { Store } from '@main/store/query'
import { getTrajectory } from '@main/store/trajectories'
import type { Fork } from '@main/workers/fork'
import { askedOf } from '@main/workers/job'
import { runJob } from '@main/workers/job-client'
import type { OverlayEvent, OverlayToken } from '@shared/contract/explorer'
import { GpoError } from '@shared/errors'
import { createHub } from '@shared/event-hub'
import { exampleOf, modelAt, runWithFiles } from './recorded'

interface Context {
  readonly store: Store
  readonly place: Place
  readonly jobWorkerPath: string
  readonly fork?: Fork
}

export interface OverlayRequest {
  readonly trajectory: number
  /** Iteration of the checkpoint; null: the model before training. */
  readonly checkpoint: number | null
}

/** Streams progress and then all tokens; ends the work when the reader stops. */
export async function* overlay(
  { store, place, jobWorkerPath, fork }: Context,
  { trajectory, checkpoint }: OverlayRequest,
  signal: AbortSignal | undefined,
): AsyncGenerator<OverlayEvent, void> {
  const run = runWithFiles(store, place.run)
  const { row, text } = getTrajectory(store, trajectory)
  if (text === '') throw new GpoError('usage', 'This trajectory is empty: there is no token to look at.')
  const example = await exampleOf(run, row)
  const { template, chatTemplate, chatTemplateName } = run.plan.data
  const stop = new AbortController()
  const tokens: OverlayToken[] = []
  const hub = createHub<OverlayEvent>()
  const ended = new AbortController()
  const events = hub.listen(ended.signal, (_, next) => next)
  const work = runJob({
    workerPath: jobWorkerPath,
    fork,
    signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
    job: {
      kind: 'overlay',
      model: modelAt(store, run, checkpoint),
      reference: modelAt(store, run, null),
      backend: run.plan.backend,
      ...{ template, chatTemplate, chatTemplateName },
      example: askedOf(example),
      completion: text,
    },
    onProgress: ({ done, total }) => hub.publish({ type: 'progress', done, total }),
    onItem: (token) => tokens.push(token),
  }).finally(() => ended.abort())
  work.catch(() => {}) // awaited below
  try {
    yield { type: 'progress', done: 0, total: 0 }
    yield* events
    await work
    yield { type: 'done', tokens }
  } finally {
    stop.abort()
  }
}
