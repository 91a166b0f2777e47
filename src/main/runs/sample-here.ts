/** The reset by hand: samples from a state of a recorded trajectory with the weights of a checkpoint, and stores the samples. */
import { randomInt } from 'node:crypto'
import { judgedBy } from '@main/library/datasets/judged'
import { insertHandContinuations, type Place } from '@main/store/hand-made'
import type { Store } from '@main/store/query'
import { getTrajectory } from '@main/store/trajectories'
import type { Fork } from '@main/workers/fork'
import { askedOf } from '@main/workers/job'
import { runJob } from '@main/workers/job-client'
import type { ContinueEvent } from '@shared/contract/explorer'
import { GpoError } from '@shared/errors'
import { createHub } from '@shared/event-hub'
import type { StepRecord } from '@shared/schemas/trajectory'
import { exampleOf, modelAt, runWithFiles } from './recorded'

export interface SampleRequest {
  readonly trajectory: number
  readonly state: number
  readonly count: number
  /** Iteration of the checkpoint; null: the model before training. */
  readonly checkpoint: number | null
  readonly temperature: number
}

interface Context {
  readonly store: Store
  readonly place: Place
  readonly jobWorkerPath: string
  readonly fork?: Fork
}

/** The text of the steps before a state. @throws {GpoError} 'usage' for a state the trajectory does not have */
export function prefixOf(steps: readonly StepRecord[], state: number): string {
  if (state > steps.length)
    throw new GpoError('usage', `The trajectory has ${steps.length} steps, so there is no state ${state}.`)
  return steps
    .slice(0, state)
    .map(({ text }) => text)
    .join('')
}

/** Streams the samples; stops when the reader stops. */
export async function* sampleHere(
  { store, place, jobWorkerPath, fork }: Context,
  { trajectory, state, count, checkpoint, temperature }: SampleRequest,
  signal: AbortSignal | undefined,
): AsyncGenerator<ContinueEvent, void> {
  yield { type: 'loading' }
  const run = runWithFiles(store, place.run)
  const { steps, row } = getTrajectory(store, trajectory)
  const prefix = prefixOf(steps, state)
  const example = await exampleOf(run, row)
  const stop = new AbortController()
  const ended = new AbortController()
  const hub = createHub<ContinueEvent>()
  let failure: { readonly error: unknown } | null = null
  const events = hub.listen(ended.signal)
  const next = events.next() // listens from here on
  void runJob({
    workerPath: jobWorkerPath,
    fork,
    signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
    job: {
      kind: 'continue',
      model: modelAt(store, run, checkpoint),
      plan: run.plan,
      example: askedOf(judgedBy(run.plan.verifier, example)),
      prefix,
      count,
      temperature,
      seed: randomInt(2 ** 31),
    },
    onProgress: ({ tokens, seconds }) => hub.publish({ type: 'progress', tokens, seconds }),
    onItem: ({ text, tokens, reward, status, seed }) => {
      const made = { state, checkpoint, temperature, seed, tokens, text, reward, status }
      hub.publish({ type: 'sampled', continuations: insertHandContinuations(store, place, [made]) })
    },
  })
    .catch((error: unknown) => {
      failure = { error }
    })
    .finally(() => setImmediate(() => ended.abort()))
  try {
    for (let event = await next; !event.done; event = await events.next()) yield event.value
    if (failure) throw (failure as { readonly error: unknown }).error
  } finally {
    stop.abort()
    ended.abort()
  }
}
