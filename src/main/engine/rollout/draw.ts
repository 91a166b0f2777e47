/** Draws one token from a distribution. Pure: the randomness is an argument. */

/** Beyond it, the rounding of a sum in float32 could decide; such a u takes the exact way. */
const ALMOST_ONE = 1 - 1e-4

export interface Draw {
  readonly token: number
  /** Log-probability under the distribution as given, before top-k and top-p. */
  readonly logprob: number
}

export interface Truncation {
  /** 0 = off. */
  readonly topK: number
  /** 1 = off. */
  readonly topP: number
}

/** First index where the running sum exceeds u; −1 if none does. */
function firstBeyond(weights: Float32Array, offset: number, size: number, u: number): number {
  let rest = u
  for (let i = 0; i < size; i++) {
    rest -= weights[offset + i]!
    if (rest < 0) return i
  }
  return -1
}

/** First index where the running sum exceeds u · total; the last positive entry if rounding leaves u beyond the sum. */
function inverseCdf(weights: Float32Array, offset: number, size: number, u: number): number {
  let total = 0
  for (let i = 0; i < size; i++) total += weights[offset + i]!
  const found = firstBeyond(weights, offset, size, u * total)
  if (found >= 0) return found
  let last = size - 1
  while (last > 0 && weights[offset + last]! <= 0) last--
  return last
}

/** As `inverseCdf` of a distribution: its sum is 1 but for rounding, so that one pass, half of it on average, nearly always does. */
function drawFrom(probs: Float32Array, offset: number, size: number, u: number): number {
  const found = u < ALMOST_ONE ? firstBeyond(probs, offset, size, u) : -1
  return found >= 0 ? found : inverseCdf(probs, offset, size, u)
}

export function argMax(values: Float32Array, offset: number, size: number): number {
  let best = 0
  for (let i = 1; i < size; i++) if (values[offset + i]! > values[offset + best]!) best = i
  return best
}

/** The tokens left by top-k and top-p, most likely first. Of ties, the lower id comes first. */
function survivors(probs: Float32Array, offset: number, size: number, { topK, topP }: Truncation): number[] {
  const order = Array.from({ length: size }, (_, i) => i).sort(
    (a, b) => probs[offset + b]! - probs[offset + a]! || a - b,
  )
  const kept = topK > 0 ? order.slice(0, topK) : order
  if (topP >= 1) return kept
  let sum = 0
  const cut = kept.findIndex((token) => {
    sum += probs[offset + token]!
    return sum >= topP
  })
  return cut < 0 ? kept : kept.slice(0, cut + 1)
}

/**
 * @param probs distributions, row after row
 * @param offset start of this sequence's row
 * @param size vocabulary
 * @param u uniform in [0, 1)
 */
export function draw(probs: Float32Array, offset: number, size: number, u: number, truncation: Truncation): Draw {
  const isWhole = truncation.topK === 0 && truncation.topP >= 1
  let token: number
  if (isWhole) {
    token = drawFrom(probs, offset, size, u)
  } else {
    const kept = survivors(probs, offset, size, truncation)
    const weights = Float32Array.from(kept, (id) => probs[offset + id]!)
    token = kept[inverseCdf(weights, 0, weights.length, u)]!
  }
  return { token, logprob: Math.log(probs[offset + token]!) }
}

export function drawGreedy(probs: Float32Array, offset: number, size: number): Draw {
  const token = argMax(probs, offset, size)
  return { token, logprob: Math.log(probs[offset + token]!) }
}
