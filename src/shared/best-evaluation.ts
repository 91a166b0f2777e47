/** A run's best evaluation, for every page and command that speaks of the best. */

export interface Measured {
  /** 0 = before training. */
  readonly iteration: number
  readonly correct: number
  readonly n: number
}

/** 0 to 1; null for nothing. */
export const accuracyOf = (measured: Measured | null): number | null =>
  measured === null || measured.n === 0 ? null : measured.correct / measured.n

/**
 * The highest held-out accuracy after training began, of equal ones the earliest; null where the run was not evaluated since. The model before
 * training is not a result of the run, even where it was better.
 */
export function bestEvaluation<E extends Measured>(evaluations: readonly E[]): E | null {
  return evaluations
    .filter(({ iteration, n }) => iteration > 0 && n > 0)
    .reduce<E | null>((best, one) => (best === null || accuracyOf(one)! > accuracyOf(best)! ? one : best), null)
}
