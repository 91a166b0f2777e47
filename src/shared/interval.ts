import type { StateRecord } from './schemas/trajectory'
import { intervalOf, meanEstimate } from './statistics/estimate'

/**
 * The Wilson score interval of a mean of rewards in [0, 1] (Wilson 1927); exact enough for 4 samples, never outside [0, 1].
 * @param z 1.645 for 90 %
 */
export function wilsonInterval(successes: number, samples: number, z = 1.645): readonly [number, number] {
  if (samples === 0) return [0, 1]
  const p = successes / samples
  const centre = p + z ** 2 / (2 * samples)
  const spread = z * Math.sqrt((p * (1 - p)) / samples + z ** 2 / (4 * samples ** 2))
  const scale = 1 + z ** 2 / samples
  return [Math.max(0, (centre - spread) / scale), Math.min(1, (centre + spread) / scale)]
}

/** The 90 % interval of a state's value: a point where the value is known, everything where no continuation was sampled. */
export function valueInterval(state: StateRecord): readonly [number, number] {
  const { successes, samples, value } = state
  return samples === 0 && value !== null ? [value, value] : wilsonInterval(successes, samples)
}

/**
 * The 90 % interval of a mean of values in [0, 1] over rows: Student's t, within [0, 1]. Where all rows have the same value it is that of a share of so
 * many rows.
 */
export function shareInterval(values: readonly number[]): readonly [number, number] {
  const estimate = meanEstimate(values)
  if (!estimate || estimate.standardError === 0)
    return wilsonInterval(
      values.reduce((sum, value) => sum + value, 0),
      values.length,
    )
  const { low, high } = intervalOf(estimate, 0.9)
  return [Math.max(0, low), Math.min(1, high)]
}
