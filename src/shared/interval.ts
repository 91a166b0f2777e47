import type { StateRecord } from './schemas/trajectory'

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
