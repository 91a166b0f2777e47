/** Attention over a whole sequence with its own gradient: fewer passes over the scores than automatic differentiation makes. */
import { type Tensor, tf } from '../tensor/tf'

/** A large negative score instead of −∞: softmax gives exactly 0 in float32 and no NaN where a whole row is masked. */
export const MASKED = -1e9

type Save = (tensors: Tensor[]) => void

/** Σ_j P_ij dP_ij = Σ_d dO_id O_id: a sum over head dimensions instead of over keys. */
const innerOf = (dy: Tensor, mixed: Tensor) => tf.sum(tf.mul(dy, mixed), -1, true)

function gradients(dy: Tensor, [q, k, v, weights, mixed]: readonly Tensor[]): Tensor[] {
  const dScores = tf.mul(weights!, tf.sub(tf.matMul(dy, v!, false, true), innerOf(dy, mixed!)))
  return [tf.matMul(dScores, k!), tf.matMul(dScores, q!, true), tf.matMul(weights!, dy, true)]
}

/** 0 where key ≤ query, MASKED elsewhere; queries of the heads of one group follow each other: [repeat·T, T]. */
export function causalMask(length: number, repeat: number): Tensor {
  const values = new Float32Array(repeat * length * length)
  for (let row = 0; row < repeat * length; row++) {
    values.fill(MASKED, row * length + (row % length) + 1, (row + 1) * length)
  }
  return tf.tensor2d(values, [repeat * length, length])
}

/**
 * O = softmax(q kᵀ + mask) v. Gradient: dS = P ∘ (dO vᵀ − rowsum(dO ∘ O)) (Dao et al. 2022, arXiv 2205.14135, appendix B).
 * @param q [B, H, M, D], already scaled
 * @param k [B, H, T, D]
 * @param v [B, H, T, D]
 * @param mask [M, T], constant
 * @returns [B, H, M, D]
 */
export function attention(q: Tensor, k: Tensor, v: Tensor, mask: Tensor): Tensor {
  const op = tf.customGrad((...args) => {
    const [q, k, v, save] = args as unknown as [Tensor, Tensor, Tensor, Save]
    const weights = tf.softmax(tf.add(tf.matMul(q, k, false, true), mask))
    const value = tf.matMul(weights, v)
    save([q, k, v, weights, value])
    return { value, gradFunc: gradients }
  })
  return op(q, k, v)
}
