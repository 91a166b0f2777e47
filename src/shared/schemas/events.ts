import type { ProblemOutcomes } from './outcomes'
import type { TrajectoryRecord } from './trajectory'
import type { VerdictStatus } from './verifier'

/** The events of a running run, from the recipe in the trainer process to the store. Plain data. */

export const PHASES = [
  'load',
  'rollouts',
  'segment',
  'values',
  'select',
  'reset',
  'update',
  'evaluation',
  'checkpoint',
] as const
export type Phase = (typeof PHASES)[number]

/** What one sampling server has done since the run began. */
export interface ServerProgress {
  readonly name: string
  /** At rest after a failure: it gets no work until it is well again. */
  readonly isResting: boolean
  readonly inFlight: number
  /** Requests: all continuations of one state are one. */
  readonly done: number
  readonly failed: number
  /** New tokens of its answers. */
  readonly tokens: number
  /** Its last failure. */
  readonly problem: string | null
}

/** Servers whose progress is sent; of more, those with work at rest first. */
export const MAX_SERVERS_SHOWN = 64

export interface PhaseEvent {
  readonly type: 'phase'
  readonly iteration: number
  readonly iterations: number
  readonly phase: Phase
  /** Items of this phase done, of `total` (sequences, microbatches, rows). */
  readonly done: number
  readonly total: number
  /** Tokens produced or trained since the phase began. */
  readonly tokens: number
  readonly seconds: number
  /** While sampling servers work. */
  readonly servers?: readonly ServerProgress[]
}

export interface MetricsEvent {
  readonly type: 'metrics'
  readonly iteration: number
  /** Name (method.md, section 3) to value; NaN and infinities are never sent. */
  readonly values: Readonly<Record<string, number>>
}

export interface TrajectoriesEvent {
  readonly type: 'trajectories'
  readonly trajectories: readonly TrajectoryRecord[]
}

/** What a person can ask of a run for its next safe point. */
export const RUN_REQUESTS = ['checkpoint', 'evaluation', 'pause', 'continue'] as const
export type RunRequest = (typeof RUN_REQUESTS)[number]

/** A request was obeyed: the checkpoint is written, the pause has begun. */
export interface ObeyedEvent {
  readonly type: 'obeyed'
  readonly request: RunRequest
}

/** The run waits for something outside of it, as room on a disk or another program's lock; null when it goes on. */
export interface HeldEvent {
  readonly type: 'held'
  /** A sentence for the person: what it waits for, and how to end that. */
  readonly reason: string | null
}

export interface EvaluationRecord {
  /** 0 = before training, i = after iteration i. */
  readonly iteration: number
  readonly n: number
  readonly correct: number
  readonly accuracy: number
  readonly statuses: Readonly<Record<VerdictStatus, number>>
  readonly meanTokens: number
  /** Which rows were right; runs of earlier versions have only the counts. */
  readonly problems?: ProblemOutcomes
}
export interface EvaluationEvent extends EvaluationRecord {
  readonly type: 'evaluation'
}

/** The greedy answer to one of the prompts that are followed. */
export interface ProbeRecord {
  /** From 0, in the data that it was chosen from. */
  readonly row: number
  readonly prompt: string
  readonly reference: string
  readonly text: string
  /** Length of the answer. */
  readonly tokens: number
  readonly status: VerdictStatus
  readonly extracted: string | null
}
export interface ProbesEvent {
  readonly type: 'probes'
  /** 0 = before training, i = after iteration i. */
  readonly iteration: number
  readonly probes: readonly ProbeRecord[]
}

/** A checkpoint is directly in the run's folder; a name that is none is not used as a path. */
export const isCheckpointFolder = (path: string): boolean => /^checkpoint-\d{8}$/.test(path)

export interface CheckpointRecord {
  /** Iterations done when it was written. */
  readonly iteration: number
  /** Folder, relative to the run's folder. */
  readonly path: string
  readonly bytes: number
  /** SHA-256 of the manifest, which holds the checksums of the files. */
  readonly sha256: string
}
export interface CheckpointEvent extends CheckpointRecord {
  readonly type: 'checkpoint'
  /** Folders removed by the retention rule after this one was safe. */
  readonly removed: readonly string[]
}

export interface EnvironmentEvent {
  readonly type: 'environment'
  readonly environment: Readonly<Record<string, string | number>>
}

export interface FinishedEvent {
  readonly type: 'finished'
  /** `completed`: all iterations are done; `stopped`: stopped on request at a safe point. */
  readonly outcome: 'completed' | 'stopped'
  readonly iteration: number
}

export interface FailedEvent {
  readonly type: 'failed'
  readonly code: string
  readonly message: string
}

export type TrainerEvent =
  | PhaseEvent
  | ObeyedEvent
  | HeldEvent
  | MetricsEvent
  | TrajectoriesEvent
  | EvaluationEvent
  | ProbesEvent
  | CheckpointEvent
  | EnvironmentEvent
  | FinishedEvent
  | FailedEvent
