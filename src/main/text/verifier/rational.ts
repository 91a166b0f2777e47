/** Exact fractions. */

export interface Rational {
  readonly n: bigint
  /** Positive. */
  readonly d: bigint
}

const magnitude = (n: bigint): bigint => (n < 0n ? -n : n)

/** True if two numbers differ by at most `tolerance`, compared exactly. */
export function isWithin(a: Rational, b: Rational, tolerance: Rational): boolean {
  if (tolerance.n === 0n) return a.n * b.d === b.n * a.d
  return magnitude(a.n * b.d - b.n * a.d) * tolerance.d <= tolerance.n * a.d * b.d
}
