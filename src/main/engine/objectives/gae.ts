/** Advantages of one sequence from rewards and values, on the host. It does not know tensors or batches, except in `whiten`. */

export type GaeInput = {
  /** [≥ length] reward after each token. */
  readonly rewards: ArrayLike<number>
  /** [≥ length] value of the state before each token. */
  readonly values: ArrayLike<number>
  /** Tokens of the sequence; the state after the last one is terminal, its value 0. */
  readonly length: number
  readonly gamma: number
  readonly lambda: number
}

/**
 * `Â_t = δ_t + γ λ Â_{t+1}` with `δ_t = r_t + γ V(s_{t+1}) − V(s_t)`, and the value targets `R_t = Â_t + V(s_t)`, both [length].
 * Schulman et al. 2015, arXiv 1506.02438, equation 16.
 */
export function generalizedAdvantages({ rewards, values, length, gamma, lambda }: GaeInput) {
  if (rewards.length < length || values.length < length) {
    throw new Error(`generalizedAdvantages: ${length} tokens, but ${rewards.length} rewards, ${values.length} values`)
  }
  const advantages = new Float32Array(length)
  const returns = new Float32Array(length)
  let next = { advantage: 0, value: 0 }
  for (let t = length - 1; t >= 0; t--) {
    const value = values[t]! // t < length, checked above
    const delta = rewards[t]! + gamma * next.value - value
    next = { advantage: delta + gamma * lambda * next.advantage, value }
    advantages[t] = next.advantage
    returns[t] = next.advantage + value
  }
  return { advantages, returns }
}

/** Added to the variance, as in TRL. */
const WHITEN_EPSILON = 1e-8

/**
 * `(x − mean) / √(variance + 1e-8)` over the entries whose mask is positive, 0 elsewhere; flat arrays of one length. The variance is the
 * sample one (n − 1), as in TRL. With fewer than two entries there is no deviation to divide by, so they are returned unchanged.
 */
export function whiten(values: Float32Array, mask: ArrayLike<number>): Float32Array {
  const isIn = (i: number) => (mask[i] ?? 0) > 0
  const chosen = values.filter((_, i) => isIn(i))
  if (chosen.length < 2) return values.map((x, i) => (isIn(i) ? x : 0))
  const mean = chosen.reduce((sum, x) => sum + x, 0) / chosen.length
  const variance = chosen.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (chosen.length - 1)
  const scale = 1 / Math.sqrt(variance + WHITEN_EPSILON)
  return values.map((x, i) => (isIn(i) ? (x - mean) * scale : 0))
}

/** The same over all entries of several arrays together. */
export function whitenTogether(lists: readonly Float32Array[]): Float32Array[] {
  const flat = Float32Array.from(lists.flatMap((list) => [...list]))
  const white = whiten(flat, new Uint8Array(flat.length).fill(1))
  let at = 0
  return lists.map((list) => {
    at += list.length
    return white.slice(at - list.length, at)
  })
}
