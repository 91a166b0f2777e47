/** How much two evaluations of a run differ, and how sure that is. */
import type { EvaluationRecord } from '../schemas/events'
import { decodeOutcomes } from '../schemas/outcomes'
import { type Estimate, intervalOf } from './estimate'
import { pairedDifference } from './paired'
import { studentCdf } from './student-t'

/** Later minus earlier for every row, in order; null where the rows are not the same, or not known. */
function byRow(earlier: EvaluationRecord, later: EvaluationRecord): Float64Array | null {
  if (!earlier.problems || !later.problems || earlier.problems.rows !== later.problems.rows) return null
  const [before, after] = [decodeOutcomes(earlier.problems), decodeOutcomes(later.problems)]
  return before && after && Float64Array.from(before, ([row, right]) => (after.get(row) ?? 0) - right)
}

/** One more right and one more wrong answer in each, in the difference and in its error (Agresti and Caffo 2000): it holds for few rows too. */
function independent(earlier: EvaluationRecord, later: EvaluationRecord): Estimate {
  const share = ({ correct, n }: EvaluationRecord) => (correct + 1) / (n + 2)
  const parts = [earlier, later].map((one) => (share(one) * (1 - share(one))) / (one.n + 2))
  return {
    value: share(later) - share(earlier),
    standardError: Math.sqrt(parts.reduce((sum, part) => sum + part, 0)),
    degrees: earlier.n + later.n - 2,
  }
}

export interface AccuracyChange {
  /** Later minus earlier, −1 to 1. */
  readonly value: number
  readonly low: number
  readonly high: number
  /** Probability that the accuracy over all possible rows has fallen, if nothing was known before. */
  readonly fell: number
  /** About how many rows would tell a difference of this size from none; null where these do, or where there is none. */
  readonly rowsToTell: number | null
}

/**
 * The change from one evaluation of held-out rows to another, paired by row where both had the same ones; null without rows.
 * @param confidence of the interval
 */
export function accuracyChange(
  earlier: EvaluationRecord,
  later: EvaluationRecord,
  confidence = 0.9,
): AccuracyChange | null {
  if (earlier.n === 0 || later.n === 0) return null
  const differences = byRow(earlier, later)
  const estimate = (differences && pairedDifference([differences])) ?? independent(earlier, later)
  const { standardError, degrees } = estimate
  const value = later.accuracy - earlier.accuracy
  const { low, high } = intervalOf(estimate, confidence)
  const reach = (high - low) / 2
  const isTold = low > 0 || high < 0
  return {
    value,
    low,
    high,
    fell: standardError > 0 ? studentCdf(-estimate.value / standardError, degrees) : Number(value < 0),
    rowsToTell: isTold || value === 0 ? null : Math.ceil(later.n * (reach / value) ** 2),
  }
}
