/** A store in its own folder, and small records to put into it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '@main/store/open'
import type { Store } from '@main/store/query'
import { createRun, newRunId } from '@main/store/runs'
import { GpoError } from '@shared/errors'
import { planSchema } from '@shared/schemas/plan'
import type { TrajectoryRecord } from '@shared/schemas/trajectory'
import { onTestFinished } from 'vitest'

export const plan = planSchema.parse({
  model: { path: 'bundled:tiny' },
  data: { train: { path: 'bundled:chain-arithmetic' } },
  objective: { kind: 'dpo' },
  budget: { iterations: 70 },
})

export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gpo-store-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Closed when the test ends. */
export function open(file = join(tempFolder(), 'runs.db')): Store {
  const store = openStore(file)
  onTestFinished(() => store.close())
  return store
}

export const newRun = (store: Store, name = 'first'): string => createRun(store, { id: newRunId(), name, plan }).id

/** Two steps, three states, critical step 1 of 0 … 1, one continuation. */
export function trajectory(iteration: number, index: number, more: Partial<TrajectoryRecord> = {}): TrajectoryRecord {
  return {
    iteration,
    index,
    row: index,
    prompt: 'What is 2 + 2?',
    reference: '4',
    text: 'Two and two.\nThat is 4.',
    tokens: 9,
    reward: 1,
    status: 'correct',
    extracted: '4',
    steps: [
      { start: 0, end: 4, text: 'Two and two.\n' },
      { start: 4, end: 9, text: 'That is 4.' },
    ],
    states: [
      { successes: 2, samples: 4, value: 0.5 },
      { successes: 1, samples: 4, value: 0.25 },
      { successes: 0, samples: 0, value: 1 },
    ],
    critical: { rule: 'max', step: 1, advantage: 0.75, confidence: 0.9 },
    continuations: [
      { state: 1, purpose: 'value', trained: false, tokens: 3, text: 'It is 5. ✗', reward: 0, status: 'wrong' },
    ],
    ...more,
  }
}

/** The same, sampled on a server, with its continuation. */
export function sampledTrajectory(iteration: number, index: number): TrajectoryRecord {
  const one = trajectory(iteration, index)
  const by = { engine: 'http://127.0.0.1:8000', version: 12 }
  const continuations = one.continuations.map((each) => ({ ...each, sampled: { ...by, logprobs: [-0.5, 0, -1.25] } }))
  return { ...one, continuations, sampled: { ...by, logprobs: [-0.125, -2, 0, 0, 0, 0, 0, 0, -0.75] } }
}

/** What was thrown, with its code; fails the test if nothing was. */
export function errorOf(work: () => unknown): GpoError {
  try {
    work()
  } catch (error) {
    if (error instanceof GpoError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
