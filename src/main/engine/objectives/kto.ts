/** Kahneman-Tversky Optimization: unpaired answers, each labelled desirable or not. Log-probabilities are sums over tokens. */

import { assertSameShape } from '../core/assert-shape'
import { maskedMean } from '../core/mask'
import { type Scalar, type Tensor, tf } from '../tensor/tf'
import type { ObjectiveResult } from './result'

export type KtoInput = {
  /** [B] log-probability of each response under the policy. */
  readonly logp: Tensor
  /** [B] the same under the reference policy; no gradient. */
  readonly refLogp: Tensor
  /** [B] 1 desirable, 0 undesirable. */
  readonly label: Tensor
  /** [B] 1 for a response, 0 for padding. */
  readonly weight: Tensor
  /** z, in nats: see `ktoBaseline`; no gradient. */
  readonly klBaseline: Scalar
  /** Responses of the whole batch: the loss is a mean over them. */
  readonly denominator: Scalar
  /** Desirable and undesirable responses of the whole batch, for the means that are logged; 0 is allowed. */
  readonly desirableCount: Scalar
  readonly undesirableCount: Scalar
  readonly beta: number
  /** λ_D */
  readonly desirableWeight: number
  /** λ_U */
  readonly undesirableWeight: number
}

/**
 * Desirable `λ_D (1 − σ(β (Δ − z)))`, undesirable `λ_U (1 − σ(β (z − Δ)))`, with `Δ = logp_policy − logp_reference`; mean over
 * responses. Ethayarajh et al. 2024, arXiv 2402.01306, equation 8. Logged means are over the desirable (`chosen`) and the undesirable
 * (`rejected`) responses, as in TRL; a batch without one kind has 0 there.
 */
export function ktoLoss(input: KtoInput): ObjectiveResult {
  const { logp, refLogp, label, weight, klBaseline, denominator, beta } = input
  assertSameShape('ktoLoss', 1, { logp, refLogp, label, weight })
  return tf.tidy(() => {
    const rewards = tf.mul(tf.sub(logp, refLogp), beta)
    const surprise = tf.sub(rewards, tf.mul(klBaseline, beta))
    const undesirable = tf.sub(1, label)
    // 1 − σ(x) = σ(−x)
    const losses = tf.add(
      tf.mul(tf.mul(label, input.desirableWeight), tf.sigmoid(tf.neg(surprise))),
      tf.mul(tf.mul(undesirable, input.undesirableWeight), tf.sigmoid(surprise)),
    )
    const kinds = { chosen: tf.mul(weight, label), rejected: tf.mul(weight, undesirable) }
    const kl = maskedMean(tf.mul(tf.onesLike(weight), klBaseline), weight, denominator)
    return { loss: maskedMean(losses, weight, denominator), stats: { ...ktoStats(input, rewards, kinds), kl } }
  })
}

function ktoStats(input: KtoInput, rewards: Tensor, kinds: { readonly chosen: Tensor; readonly rejected: Tensor }) {
  const chosen = (x: Tensor) => maskedMean(x, kinds.chosen, tf.maximum(input.desirableCount, 1))
  const rejected = (x: Tensor) => maskedMean(x, kinds.rejected, tf.maximum(input.undesirableCount, 1))
  return {
    'rewards/chosen': chosen(rewards),
    'rewards/rejected': rejected(rewards),
    'rewards/margins': tf.sub(chosen(rewards), rejected(rewards)) as Scalar, // of two scalars
    'logps/chosen': chosen(input.logp),
    'logps/rejected': rejected(input.logp),
  }
}

/**
 * `z = max(0, mean Δ)` in nats, with `deltas` the `Δ` of prompts paired with another prompt's completion: an estimate of the KL
 * divergence to the reference policy (equation 8's `z_0`, estimated as in section 4.1 of the paper). 0 without any.
 */
export function ktoBaseline(deltas: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < deltas.length; i++) sum += deltas[i]!
  return deltas.length === 0 ? 0 : Math.max(0, sum / deltas.length)
}
