/** The clipped policy loss of PPO and GRPO, per token. Knows nothing about where advantages come from. */

import { assertSameShape } from '../core/assert-shape'
import { clamp, isGreater, maskedMean, maskOut } from '../core/mask'
import { type Scalar, type Tensor, tf } from '../tensor/tf'
import type { ObjectiveResult } from './result'

/** Log ratios beyond ±20 (a ratio of 4.9e8) count as ±20 and give no gradient, so that nothing overflows. */
const MAX_LOG_RATIO = 20

export type PolicyInput = {
  /** [B, T] log-probability of each sampled token under the policy. */
  readonly logp: Tensor
  /** [B, T] the same when the tokens were sampled; no gradient. */
  readonly oldLogp: Tensor
  /** [B, T] */
  readonly advantages: Tensor
  /** [B, T] 1 on trained tokens, 0 on prompt, kept prefix and padding. */
  readonly mask: Tensor
  /** Trained tokens of the whole batch. */
  readonly denominator: Scalar
  /** What the means of the stats are divided by; absent: the same. */
  readonly statsDenominator?: Scalar
  /** ε */
  readonly clip: number
  /** ε for increases, where it differs ("clip higher", DAPO, arXiv 2503.14476, equation 8). */
  readonly clipHigh?: number
}

/**
 * `max(−A ρ, −A clip(ρ, 1 − ε, 1 + ε))` with `ρ = exp(logp − oldLogp)`, mean over tokens.
 * Schulman et al. 2017, arXiv 1707.06347, equation 7; GRPO: Shao et al. 2024, arXiv 2402.03300, equation 3 without its KL term, with
 * one mean over all tokens of the batch in place of a mean of per-response means (TRL's `dapo` normalisation).
 * A mask of 1/|response| with the number of responses as the denominator gives the paper's.
 */
export function clippedPolicyLoss(input: PolicyInput): ObjectiveResult {
  const { logp, oldLogp, advantages, mask, denominator, clip, clipHigh = clip } = input
  assertSameShape('clippedPolicyLoss', 2, { logp, oldLogp, advantages, mask })
  return tf.tidy(() => {
    const logRatio = clamp(maskOut(tf.sub(logp, oldLogp), mask), -MAX_LOG_RATIO, MAX_LOG_RATIO)
    const ratio = tf.exp(logRatio)
    const cost = tf.neg(advantages)
    const unclipped = tf.mul(cost, ratio)
    const clipped = tf.mul(cost, clamp(ratio, 1 - clip, 1 + clipHigh))
    const loss = maskedMean(tf.maximum(unclipped, clipped), mask, denominator)
    return { loss, stats: policyStats(input, logRatio, ratio, isGreater(clipped, unclipped)) }
  })
}

/** PPO's names, and GRPO's shares of tokens clipped from below (A < 0) and from above (A > 0); their sum is `clipfrac`. */
function policyStats(input: PolicyInput, logRatio: Tensor, ratio: Tensor, isClipped: Tensor) {
  const average = (x: Tensor) => maskedMean(x, input.mask, input.statsDenominator ?? input.denominator)
  return {
    'policy/approxkl_avg': average(tf.mul(tf.square(logRatio), 0.5)),
    'policy/clipfrac_avg': average(isClipped),
    'val/ratio': average(ratio),
    'clip_ratio/low_mean': average(tf.mul(isClipped, isGreater(tf.neg(input.advantages), 0))),
    'clip_ratio/high_mean': average(tf.mul(isClipped, isGreater(input.advantages, 0))),
  }
}
