/** What jobs answer. */
import type { Rates } from '@shared/plan/cost-estimate'
import type { TrajectoryRecord } from '@shared/schemas/trajectory'
import type { VerdictStatus } from '@shared/schemas/verifier'

export interface EvaluationResult {
  readonly n: number
  readonly greedy: {
    readonly accuracy: number
    readonly correct: number
    readonly statuses: Readonly<Record<VerdictStatus, number>>
  }
  /** Only where samples were asked for. */
  readonly sampled: {
    readonly samples: number
    /** Unbiased estimate of pass@k (Chen et al. 2021, arXiv 2107.03374) for k = 1, 2, 4, … and the number of samples. */
    readonly passAtK: Readonly<Record<string, number>>
    /** Share of rows whose most frequent answer is correct; ties go to the answer that came first. */
    readonly majorityAtK: number
    readonly statuses: Readonly<Record<VerdictStatus, number>>
  } | null
  readonly tokens: number
  readonly seconds: number
}

/** A trajectory with 90 % intervals of its states' values and the advantages of its steps. */
export interface CriticalResult extends TrajectoryRecord {
  readonly intervals: readonly (readonly [number, number])[]
  readonly advantages: readonly number[]
}

export interface ScoreResult {
  /** Ids of prompt and completion. */
  readonly tokens: readonly number[]
  /** Of each completion token. */
  readonly logprobs: readonly number[]
  /** Of each completion token. */
  readonly text: readonly string[]
}

export interface ExportResult {
  readonly out: string
  readonly tensors: number
  readonly bytes: number
  /** Largest |written − in memory| over all weights, read back; 0 for F32. */
  readonly maxDifference: number
  /** For an adapter: the same over the base model's weights with the written adapter merged into them. */
  readonly maxMergedDifference?: number
}

/** A continuation of a trajectory, sampled by hand. */
export interface ContinuedText {
  /** After the state. */
  readonly text: string
  readonly tokens: number
  readonly reward: number
  readonly status: VerdictStatus
  readonly seed: number
}

export interface ProbeResult {
  readonly rates: Rates
  /** Prompts of the measured iteration. */
  readonly prompts: number
  readonly device: string
  /** Largest resident memory of the process. */
  readonly peakBytes: number
}
