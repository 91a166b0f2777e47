/** Direct Preference Optimization. Log-probabilities are sums over the response's tokens. */

import { assertSameShape } from '../core/assert-shape'
import { logSigmoid } from '../core/logistic'
import { maskedMean } from '../core/mask'
import { type Scalar, type Tensor, tf } from '../tensor/tf'
import { preferenceStats } from './preference-stats'
import type { ObjectiveResult } from './result'

export type DpoInput = {
  /** [P] log-probability of the chosen and the rejected response under the policy. */
  readonly logpChosen: Tensor
  readonly logpRejected: Tensor
  /** [P] the same under the reference policy; no gradient. */
  readonly refLogpChosen: Tensor
  readonly refLogpRejected: Tensor
  /** [P] 1 for a pair, 0 for padding. */
  readonly weight: Tensor
  /** Pairs of the whole batch. */
  readonly denominator: Scalar
  readonly beta: number
}

/**
 * `−log σ(β (Δ_chosen − Δ_rejected))` with `Δ = logp_policy − logp_reference`, mean over pairs.
 * Rafailov et al. 2023, arXiv 2305.18290, equation 7. Rewards are `β Δ`; `logps/*` are sums over tokens, as in TRL.
 */
export function dpoLoss(input: DpoInput): ObjectiveResult {
  const { logpChosen, logpRejected, refLogpChosen, refLogpRejected, weight, denominator, beta } = input
  assertSameShape('dpoLoss', 1, { logpChosen, logpRejected, refLogpChosen, refLogpRejected, weight })
  return tf.tidy(() => {
    const chosenRewards = tf.mul(tf.sub(logpChosen, refLogpChosen), beta)
    const rejectedRewards = tf.mul(tf.sub(logpRejected, refLogpRejected), beta)
    const loss = maskedMean(tf.neg(logSigmoid(tf.sub(chosenRewards, rejectedRewards))), weight, denominator)
    const logps = { chosenLogps: logpChosen, rejectedLogps: logpRejected }
    return { loss, stats: preferenceStats({ chosenRewards, rejectedRewards, ...logps, weight, denominator }) }
  })
}
