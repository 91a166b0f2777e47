/**
 * The mean difference of two arms that were trained with the same seeds and asked the same problems, by a hierarchical bootstrap over seeds,
 * then problems.
 *
 * d_sp = μ + a_s + b_p + e_sp: the difference of seed s on problem p has a part of the seed, a part of the problem that all seeds share, and a
 * rest. Every resample draws seeds, and then problems: the same ones for all seeds, since all seeds are asked the same problems. Drawing problems
 * anew for every seed would take b_p for noise that averages out over seeds; drawing whole cells would count e_sp three times (Owen 2007, "The
 * pigeonhole bootstrap"). So a resample is the mean of the drawn seeds' differences, which contain e_sp, plus the mean of the drawn problems'
 * parts, shrunk to the variance that is left when e_sp is taken out of them. One value fewer than there are is drawn of each, because resamples
 * of n values are too narrow by (n − 1) / n (McCarthy and Snowden 1985), which matters with three seeds.
 *
 * Where both arms gave the same answers nothing varies, which is no proof that they always will: as if every seed had been asked two more problems
 * with half an answer in each of the four cells, the variance is 1 / S (P + 2)² larger (Agresti and Min 2005 for one seed). With 300 problems
 * that is little.
 *
 * The interval is the estimate ± t × the standard deviation of the resamples (Efron and Tibshirani 1993, chapter 12), with Satterthwaite's
 * degrees of freedom: percentiles of three drawn seeds cannot reach beyond the three. tests/unit/shared/statistics/coverage.test.ts simulates how
 * often it contains the truth.
 */
import { degreesOf, type Estimate } from './estimate'
import { mean, variance } from './moments'
import { type Draw, drawsFrom } from './random'

/** [S][P]: for each seed the differences by problem, in the same order for all. */
export type Differences = readonly ArrayLike<number>[]

const RESAMPLES = 2000
const SEED = 0x67706f

/** Mean of each problem over the seeds, minus the mean of all. */
function problemParts(differences: Differences, all: number): Float64Array {
  const problems = differences[0]?.length ?? 0
  return Float64Array.from({ length: problems }, (_, p) => mean(differences.map((seed) => seed[p]!)) - all)
}

/** Variance of e_sp: of what is left of a difference without its seed's and its problem's part. NaN for one seed. */
function restVariance(differences: Differences, seedMeans: ArrayLike<number>, parts: Float64Array): number {
  let sum = 0
  differences.forEach((seed, s) => {
    for (let p = 0; p < parts.length; p++) sum += (seed[p]! - seedMeans[s]! - parts[p]!) ** 2
  })
  return sum / ((differences.length - 1) * (parts.length - 1))
}

/** The problems' parts as far as they exceed what e_sp, averaged over the seeds, makes of them. */
function shrunk(parts: Float64Array, noise: number): Float64Array {
  const spread = variance(parts)
  const share = spread > 0 ? Math.sqrt(Math.max(0, 1 - noise / spread)) : 0
  return parts.map((part) => share * part)
}

/** The mean of n − 1 values drawn from n. */
function drawMean(values: ArrayLike<number>, draw: Draw): number {
  const count = values.length - 1
  let sum = 0
  for (let i = 0; i < count; i++) sum += values[draw(values.length)]!
  return sum / count
}

/** Standard deviation of the mean of what is drawn at each level. */
function resampledError(levels: readonly ArrayLike<number>[]): number {
  const draw = drawsFrom(SEED)
  const resamples = Float64Array.from({ length: RESAMPLES }, () =>
    levels.reduce((sum, values) => sum + drawMean(values, draw), 0),
  )
  return Math.sqrt(variance(resamples))
}

/**
 * With one seed the error covers other problems, but no other seeds; with one problem the reverse.
 * @returns null for one seed and one problem, or for nothing
 */
export function pairedDifference(differences: Differences): Estimate | null {
  const problems = differences[0]?.length ?? 0
  const seedMeans = Float64Array.from(differences, mean)
  const value = mean(seedMeans)
  const parts = problemParts(differences, value)
  const rest = restVariance(differences, seedMeans, parts) / differences.length
  const ofProblems = differences.length > 1 ? shrunk(parts, rest) : parts
  const levels = [seedMeans, ofProblems].filter(({ length }) => length > 1)
  if (problems === 0 || levels.length === 0) return null
  const variances = levels.map((values) => ({ variance: variance(values) / values.length, degrees: values.length - 1 }))
  const unseen = problems > 1 ? 1 / (differences.length * (problems + 2) ** 2) : 0
  return { value, standardError: Math.sqrt(resampledError(levels) ** 2 + unseen), degrees: degreesOf(variances) }
}
