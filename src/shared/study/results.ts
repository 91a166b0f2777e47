/** What a study found, as the page, the report and the figure read it. Plain data. */
import type { Budget } from '../schemas/study'

export interface Interval {
  readonly low: number
  readonly high: number
}

/**
 * Accuracy of an arm on a task at the measure. All shares are between 0 and 1.
 */
export interface ArmResult {
  readonly arm: string
  /** By seed, in the order of the study; null where there is no result. */
  readonly seeds: readonly { readonly seed: number; readonly accuracy: number | null }[]
  /** Seeds with a result. */
  readonly count: number
  /** Mean over them; null without any. */
  readonly mean: number | null
  /** Student's t over seeds; with one seed, or seeds that all agree, Wilson's over problems. */
  readonly interval: Interval | null
  readonly intervalOver: 'seeds' | 'problems' | null
  /** Mean over seeds before training; null where it was not evaluated. */
  readonly before: number | null
  /** Mean cost of a run up to the measure, by budget; null where it was not recorded. */
  readonly cost: Readonly<Record<Budget, number | null>>
  /** Why seeds have no result: a rule that ended the arm early, a run that failed. Sentences. */
  readonly missing: readonly string[]
}

/** What is compared: the fixed measure, or results at an equal amount of a budget. */
export type Basis = 'measure' | Budget

/** An arm against the base on the same seeds and problems. */
export interface Comparison {
  readonly arm: string
  readonly base: string
  readonly basis: Basis
  /** Accuracy of the arm minus that of the base; null if it cannot be computed, and `why` says why. */
  readonly difference: number | null
  readonly interval: Interval | null
  readonly confidence: number
  /** Standard error from the bootstrap, and the degrees of freedom of its t distribution. */
  readonly standardError: number | null
  readonly degrees: number | null
  /** Seeds that both arms finished. */
  readonly seeds: number
  /** Problems that both arms were asked; 0 if single problems were not recorded. */
  readonly problems: number
  /** The amount of the budget at which both are compared; null for the measure. */
  readonly at: number | null
  readonly why: string | null
}

export type Finding = 'better' | 'worse' | 'undecided' | 'unknown'

/** A comparison in words. */
export interface Verdict {
  readonly arm: string
  readonly basis: Basis
  readonly finding: Finding
  readonly sentence: string
}

/** Mean and band of an arm, one point for each evaluation. */
export interface ArmCurve {
  readonly arm: string
  readonly points: readonly {
    readonly iteration: number
    /** Mean over the seeds. */
    readonly x: number
    readonly mean: number
    readonly low: number
    readonly high: number
    readonly seeds: number
  }[]
}

export interface TaskResult {
  readonly task: string
  readonly arms: readonly ArmResult[]
  /** One for each arm but the base and each basis: the measure first, then the budgets. */
  readonly comparisons: readonly Comparison[]
  readonly verdicts: readonly Verdict[]
  /** Empty for a budget that was not recorded. */
  readonly curves: Readonly<Record<Budget, readonly ArmCurve[]>>
}

export interface StudyResults {
  readonly base: string
  readonly confidence: number
  readonly tasks: readonly TaskResult[]
  /** Over all tasks, each with equal weight; null for a study of one task. */
  readonly overall: Pick<TaskResult, 'comparisons' | 'verdicts'> | null
  /** Sentences on the study as a whole: what is unfinished, ended early, failed, or how many comparisons were made. */
  readonly notes: readonly string[]
  /** Runs with a result, of all that the study has. */
  readonly finished: number
  readonly total: number
}

/** A problem, and in how many of the seeds each side solved it. */
export interface ProblemOutcome {
  /** Row of the evaluation data. */
  readonly row: number
  readonly arm: number
  readonly base: number
  readonly seeds: number
  /** The beginning of its prompt; null where the data cannot be read any more. */
  readonly prompt: string | null
}

/** Which problems one arm solves more often than the other. */
export interface ProblemDifferences {
  readonly arm: string
  readonly base: string
  readonly seeds: number
  /** Problems that both were asked. */
  readonly problems: number
  /** Largest difference first, at most as many as were asked for. */
  readonly armOnly: readonly ProblemOutcome[]
  readonly baseOnly: readonly ProblemOutcome[]
  readonly armOnlyCount: number
  readonly baseOnlyCount: number
  /** Solved by both in all seeds, by neither in any. */
  readonly always: number
  readonly never: number
}
