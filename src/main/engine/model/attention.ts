/** Attention over a whole sequence with a gradient of its own: fewer passes over the scores than automatic differentiation makes. */
import { type Tensor, tf } from '../backend/tf'

function gradients(dy: Tensor, [q, k, v, weights, mixed]: readonly Tensor[]): Tensor[] {
  // Σ_j P_ij dP_ij = Σ_d dO_id O_id: a sum over head dimensions instead of over keys.
  const inner = tf.sum(tf.mul(dy, mixed!), -1, true)
  const dScores = tf.mul(weights!, tf.sub(tf.matMul(dy, v!, false, true), inner))
  return [tf.matMul(dScores, k!), tf.matMul(dScores, q!, true), tf.matMul(weights!, dy, true)]
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
    const [q, k, v, save] = args as unknown as [Tensor, Tensor, Tensor, (tensors: Tensor[]) => void]
    const weights = tf.softmax(tf.add(tf.matMul(q, k, false, true), mask))
    const value = tf.matMul(weights, v)
    save([q, k, v, weights, value])
    return { value, gradFunc: gradients }
  })
  return op(q, k, v)
}
