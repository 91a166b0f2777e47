/** Numbers about distributions over the vocabulary, on the host. */

/** −Σ p ln p, in nats. */
export function entropyOf(probs: Float32Array): number {
  let sum = 0
  for (const p of probs) if (p > 0) sum -= p * Math.log(p)
  return sum
}

/** Smallest probability that a float32 softmax can tell from 0; below it the other distribution is taken for this. */
const LEAST = 1e-38

/** KL(p ‖ q) = Σ p (ln p − ln q), in nats; 0 for the same distribution. */
export function divergenceOf(p: Float32Array, q: Float32Array): number {
  let sum = 0
  for (let i = 0; i < p.length; i++) {
    const own = p[i]!
    if (own > 0) sum += own * (Math.log(own) - Math.log(Math.max(q[i]!, LEAST)))
  }
  return Math.max(0, sum) // rounding can make it a little less than 0
}
