/** GRPO's penalty on the distance to the reference policy, per token. */

import { assertSameShape } from '../core/assert-shape'
import { clamp, maskedMean, maskOut } from '../core/mask'
import { type Scalar, type Tensor, tf } from '../tensor/tf'
import type { ObjectiveResult } from './result'

/** Log ratios beyond ±20 count as ±20 and give no gradient, so that nothing overflows. */
const MAX_LOG_RATIO = 20

export type K3KlInput = {
  /** [B, T] log-probability of each sampled token under the policy. */
  readonly logp: Tensor
  /** [B, T] the same under the reference policy; no gradient. */
  readonly refLogp: Tensor
  /** [B, T] 1 on trained tokens. */
  readonly mask: Tensor
  /** Trained tokens of the whole batch. */
  readonly denominator: Scalar
}

/**
 * `e^d − d − 1` with `d = refLogp − logp`, mean over tokens: never negative and, over tokens sampled from the policy, an unbiased
 * estimate of the KL divergence to the reference. Shao et al. 2024, arXiv 2402.03300, equation 4; Schulman's k3.
 */
export function k3Kl({ logp, refLogp, mask, denominator }: K3KlInput): ObjectiveResult {
  assertSameShape('k3Kl', 2, { logp, refLogp, mask })
  return tf.tidy(() => {
    const d = clamp(maskOut(tf.sub(refLogp, logp), mask), -MAX_LOG_RATIO, MAX_LOG_RATIO)
    const loss = maskedMean(tf.sub(tf.sub(tf.exp(d), d), 1), mask, denominator)
    return { loss, stats: { kl: loss } }
  })
}
