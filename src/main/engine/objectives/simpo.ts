/** Simple Preference Optimization: a length-normalised reward and a target margin, no reference policy. */

import { assertSameShape } from '../core/assert-shape'
import { logSigmoid } from '../core/logistic'
import { maskedMean } from '../core/mask'
import { type Scalar, type Tensor, tf } from '../tensor/tf'
import { meanLogp } from './mean-logp'
import { preferenceStats } from './preference-stats'
import type { ObjectiveResult } from './result'

export type SimpoInput = {
  /** [P] sum of the token log-probabilities of the chosen and the rejected response. */
  readonly logpChosen: Tensor
  readonly logpRejected: Tensor
  /** [P] tokens of the responses; 0 is allowed where the weight is 0. */
  readonly lengthChosen: Tensor
  readonly lengthRejected: Tensor
  /** [P] 1 for a pair, 0 for padding. */
  readonly weight: Tensor
  /** Pairs of the whole batch. */
  readonly denominator: Scalar
  readonly beta: number
  /** γ / β: the target margin in units of β. */
  readonly gammaRatio: number
}

/**
 * `−log σ((β / |y_c|) logp_c − (β / |y_r|) logp_r − γ)`, mean over pairs.
 * Meng et al. 2024, arXiv 2405.14734, equation 6. Rewards are `β logp / |y|`; `logps/*` are means over tokens, as in TRL.
 */
export function simpoLoss(input: SimpoInput): ObjectiveResult {
  const { logpChosen, logpRejected, lengthChosen, lengthRejected, weight, denominator, beta, gammaRatio } = input
  assertSameShape('simpoLoss', 1, { logpChosen, logpRejected, lengthChosen, lengthRejected, weight })
  return tf.tidy(() => {
    const chosenLogps = meanLogp(logpChosen, lengthChosen)
    const rejectedLogps = meanLogp(logpRejected, lengthRejected)
    const chosenRewards = tf.mul(chosenLogps, beta)
    const rejectedRewards = tf.mul(rejectedLogps, beta)
    const margin = tf.sub(tf.sub(chosenRewards, rejectedRewards), beta * gammaRatio)
    const loss = maskedMean(tf.neg(logSigmoid(margin)), weight, denominator)
    const rewards = { chosenRewards, rejectedRewards }
    return { loss, stats: preferenceStats({ ...rewards, chosenLogps, rejectedLogps, weight, denominator }) }
  })
}
