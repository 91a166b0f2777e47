/** Runs driven by a scripted trainer, in a separate home folder, with real checkpoints. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeCheckpoint } from '@main/formats/run-checkpoint'
import { type Execution, executeRun } from '@main/runs/execute'
import { newRun } from '@main/runs/prepare'
import { openStore } from '@main/store/open'
import type { Store } from '@main/store/query'
import type { CheckpointEvent, TrainerEvent } from '@shared/schemas/events'
import { planSchema } from '@shared/schemas/plan'
import type { RunRecord } from '@shared/schemas/run'
import type { TrajectoryRecord } from '@shared/schemas/trajectory'
import { onTestFinished } from 'vitest'

export type Deed =
  | { readonly do: 'send'; readonly message: unknown }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'kill' }
  | { readonly do: 'exit'; readonly code: number; readonly says?: string }
  /** Continues when it is asked to stop. */
  | { readonly do: 'obey' }
  /** Continues when it has been asked this. */
  | { readonly do: 'heed'; readonly command: 'pause' | 'continue' | 'checkpoint' | 'evaluate' }

export const sends = (...messages: readonly (TrainerEvent | object)[]): Deed[] =>
  messages.map((message) => ({ do: 'send', message }))

export const plan = planSchema.parse({
  model: { path: 'bundled:tiny' },
  data: { train: { path: 'bundled:chain-arithmetic' } },
  objective: { kind: 'grpo' },
  budget: { iterations: 8 },
})

export function temporaryHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'gpo-runs-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  return home
}

/** Closed when the test ends. */
export function open(file = join(temporaryHome(), 'runs.db')): Store {
  const store = openStore(file)
  onTestFinished(() => store.close())
  return store
}

export function trajectory(iteration: number, index: number): TrajectoryRecord {
  return {
    iteration,
    index,
    row: index,
    prompt: '1+1=',
    reference: '2',
    text: 'It is 2',
    tokens: 3,
    reward: 1,
    status: 'correct',
    extracted: '2',
    steps: [{ start: 0, end: 3, text: 'It is 2' }],
    states: [
      { successes: 1, samples: 4, value: 0.25 },
      { successes: 0, samples: 0, value: 1 },
    ],
    critical: { rule: 'max', step: 0, advantage: 0.75, confidence: 1 },
    continuations: [],
  }
}

/** Metrics `loss` = iteration / 8 and `kl`, and two trajectories. */
export const iterationOf = (iteration: number): TrainerEvent[] => [
  { type: 'metrics', iteration, values: { loss: iteration / 8, kl: 10 - iteration } },
  { type: 'trajectories', trajectories: [trajectory(iteration, 0), trajectory(iteration, 1)] },
]

/** Writes a small checkpoint. @returns the trainer's event for it */
export function checkpointOf(run: RunRecord, iteration: number, removed: readonly string[] = []): CheckpointEvent {
  const record = writeCheckpoint(run.folder, {
    iteration,
    state: { iteration },
    groups: { trainable: new Map([['w', { shape: [2], data: new Float32Array([iteration, 1]) }]]) },
  })
  return { type: 'checkpoint', ...record, removed }
}

/** Drives a run with a trainer that follows the script. */
export function drive(store: Store, run: RunRecord, deeds: readonly Deed[], more: Partial<Execution> = {}) {
  return executeRun({
    store,
    run,
    workerPath: join(import.meta.dirname, 'scripted-trainer.mjs'),
    modelFolder: '/models/tiny',
    train: deeds.map((deed, row) => ({ row, prompt: '1+1=', reference: JSON.stringify(deed) })),
    evaluation: [],
    resumeFrom: null,
    ...more,
  })
}

/** A new run, driven. */
export const play = (store: Store, deeds: readonly Deed[], more: Partial<Execution> = {}) =>
  drive(store, newRun(store, plan), deeds, more)
