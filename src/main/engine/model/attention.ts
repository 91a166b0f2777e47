/** Attention over a whole sequence with a gradient of its own: fewer passes over the scores than automatic differentiation makes. */
import { cappedSlope, softcapped } from '../core/softcap'
import { type Tensor, tf } from '../tensor/tf'

/** A large negative score instead of −∞: softmax gives exactly 0 in float32 and no NaN where a whole row is masked. */
export const MASKED = -1e9

/** What a layer's attention does besides. */
export interface AttentionRules {
  /** A query sees the last so many keys, its own among them. Absent: all. */
  readonly window?: number | undefined
  /** Scores become c · tanh(score / c). Absent: they stay. */
  readonly softcap?: number | undefined
}

type Save = (tensors: Tensor[]) => void

/** Σ_j P_ij dP_ij = Σ_d dO_id O_id: a sum over head dimensions instead of over keys. */
const innerOf = (dy: Tensor, mixed: Tensor) => tf.sum(tf.mul(dy, mixed), -1, true)

/** @param scores of queries and keys, after the cap; only looked at where there is one */
function gradients(dy: Tensor, [q, k, v, weights, mixed, scores]: readonly Tensor[], softcap?: number): Tensor[] {
  const own = tf.mul(weights!, tf.sub(tf.matMul(dy, v!, false, true), innerOf(dy, mixed!)))
  const dScores = softcap === undefined ? own : tf.mul(own, cappedSlope(scores!, softcap))
  return [tf.matMul(dScores, k!), tf.matMul(dScores, q!, true), tf.matMul(weights!, dy, true)]
}

/**
 * 0 where a query sees a key, MASKED elsewhere; queries of the heads of one group follow each other: [repeat·T, T].
 * @param window see `AttentionRules`
 */
export function causalMask(length: number, repeat: number, window = length): Tensor {
  const values = new Float32Array(repeat * length * length)
  for (let row = 0; row < repeat * length; row++) {
    const query = row % length
    values.fill(MASKED, row * length, row * length + Math.max(0, query + 1 - window))
    values.fill(MASKED, row * length + query + 1, (row + 1) * length)
  }
  return tf.tensor2d(values, [repeat * length, length])
}

/**
 * O = softmax(cap(q kᵀ) + mask) v. Gradient: dS = P ∘ (dO vᵀ − rowsum(dO ∘ O)) (Dao et al. 2022, arXiv 2205.14135, appendix B), times the slope of
 * the cap.
 * @param q [B, H, M, D], already scaled
 * @param k [B, H, T, D]
 * @param v [B, H, T, D]
 * @param mask [M, T], constant
 * @returns [B, H, M, D]
 */
export function attention(q: Tensor, k: Tensor, v: Tensor, mask: Tensor, softcap?: number): Tensor {
  const op = tf.customGrad((...args) => {
    const [q, k, v, save] = args as unknown as [Tensor, Tensor, Tensor, Save]
    const scores = softcapped(tf.matMul(q, k, false, true), softcap)
    const weights = tf.softmax(tf.add(scores, mask))
    const value = tf.matMul(weights, v)
    save([q, k, v, weights, value, ...(softcap === undefined ? [] : [scores])])
    return { value, gradFunc: (dy: Tensor, saved: Tensor[]) => gradients(dy, saved, softcap) }
  })
  return op(q, k, v)
}
