/** An estimate with its uncertainty: mean, standard error, and the degrees of freedom that the error was estimated with. */
import { mean, variance } from './moments'
import { studentQuantile } from './student-t'

export interface Estimate {
  readonly value: number
  readonly standardError: number
  readonly degrees: number
}

/** Value ± t × standard error. */
export function intervalOf({ value, standardError, degrees }: Estimate, confidence: number) {
  const reach = standardError === 0 ? 0 : studentQuantile(confidence, degrees) * standardError
  return { low: value - reach, high: value + reach }
}

/** Of a mean over independent values, such as seeds; null for fewer than two. */
export function meanEstimate(values: readonly number[]): Estimate | null {
  if (values.length < 2) return null
  return {
    value: mean(values),
    standardError: Math.sqrt(variance(values) / values.length),
    degrees: values.length - 1,
  }
}

/**
 * Degrees of freedom of a sum of variances with their own degrees (Satterthwaite 1946): few where the part that was estimated from few values is
 * large. All of them where no part is above 0.
 */
export function degreesOf(parts: readonly { readonly variance: number; readonly degrees: number }[]): number {
  const total = parts.reduce((sum, part) => sum + part.variance, 0)
  const uncertain = parts.reduce((sum, part) => sum + part.variance ** 2 / part.degrees, 0)
  return uncertain > 0 ? total ** 2 / uncertain : parts.reduce((sum, part) => sum + part.degrees, 0)
}

/** The mean of independent estimates, each with equal weight; null for none. */
export function averageOf(estimates: readonly Estimate[]): Estimate | null {
  if (estimates.length === 0) return null
  const count = estimates.length
  const parts = estimates.map(({ standardError, degrees }) => ({ variance: (standardError / count) ** 2, degrees }))
  return {
    value: mean(estimates.map(({ value }) => value)),
    standardError: Math.sqrt(parts.reduce((sum, part) => sum + part.variance, 0)),
    degrees: degreesOf(parts),
  }
}
