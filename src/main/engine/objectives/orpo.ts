/** Odds Ratio Preference Optimization: supervised loss and preference in one, no reference policy. */

import { assertSameShape } from '../core/assert-shape'
import { logOdds, logSigmoid } from '../core/logistic'
import { maskedMean } from '../core/mask'
import { type Scalar, type Tensor, tf } from '../tensor/tf'
import { meanLogp } from './mean-logp'
import { preferenceStats } from './preference-stats'
import type { ObjectiveResult } from './result'

export type OrpoInput = {
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
  /** λ, called beta in TRL. */
  readonly lambda: number
}

/**
 * `−logp̄_c − λ log σ(log odds_c − log odds_r)` with `logp̄` the mean token log-probability, mean over pairs.
 * Hong et al. 2024, arXiv 2403.07691, equations 3 to 7. The supervised term is a mean of per-response means over the response only
 * (TRL: one mean over all tokens of the batch). Stats as in TRL: rewards are `λ logp̄`, `logps/*` are means over tokens,
 * `log_odds_ratio` is `log σ(log odds_c − log odds_r)`, `log_odds_chosen` its argument.
 */
export function orpoLoss(input: OrpoInput): ObjectiveResult {
  const { logpChosen, logpRejected, lengthChosen, lengthRejected, weight, denominator, lambda } = input
  assertSameShape('orpoLoss', 1, { logpChosen, logpRejected, lengthChosen, lengthRejected, weight })
  return tf.tidy(() => {
    const chosenLogps = meanLogp(logpChosen, lengthChosen)
    const rejectedLogps = meanLogp(logpRejected, lengthRejected)
    const logOddsDifference = tf.sub(logOdds(chosenLogps), logOdds(rejectedLogps))
    const nll = tf.neg(maskedMean(chosenLogps, weight, denominator)) as Scalar // neg keeps the rank
    const logOddsRatio = maskedMean(logSigmoid(logOddsDifference), weight, denominator)
    const rewards = { chosenRewards: tf.mul(chosenLogps, lambda), rejectedRewards: tf.mul(rejectedLogps, lambda) }
    const stats = {
      ...preferenceStats({ ...rewards, chosenLogps, rejectedLogps, weight, denominator }),
      nll_loss: nll,
      log_odds_ratio: logOddsRatio,
      log_odds_chosen: maskedMean(logOddsDifference, weight, denominator),
    }
    return { loss: tf.sub(nll, tf.mul(logOddsRatio, lambda)) as Scalar, stats } // of two scalars
  })
}
