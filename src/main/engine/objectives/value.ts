/** The clipped value loss of PPO, per token. */

import { assertSameShape } from '../core/assert-shape'
import { clamp, isGreater, maskedMean } from '../core/mask'
import { type Scalar, type Tensor, tf } from '../tensor/tf'
import type { ObjectiveResult } from './result'

export type ValueInput = {
  /** [B, T] value of the state before each token. */
  readonly values: Tensor
  /** [B, T] the same when the tokens were sampled; no gradient. */
  readonly oldValues: Tensor
  /** [B, T] targets (see `generalizedAdvantages`). */
  readonly returns: Tensor
  /** [B, T] 1 on trained tokens. */
  readonly mask: Tensor
  /** Trained tokens of the whole batch. */
  readonly denominator: Scalar
  /** ε_v, in units of the value. */
  readonly clip: number
}

/**
 * `½ max((V − R)², (V_clip − R)²)` with `V_clip = clip(V, V_old − ε_v, V_old + ε_v)`, mean over tokens. Not in the PPO paper: this is the form in
 * its authors' code (and in TRL), including the ½.
 */
export function clippedValueLoss(input: ValueInput): ObjectiveResult {
  const { values, oldValues, returns, mask, denominator, clip } = input
  assertSameShape('clippedValueLoss', 2, { values, oldValues, returns, mask })
  return tf.tidy(() => {
    const clippedValues = clamp(values, tf.sub(oldValues, clip), tf.add(oldValues, clip))
    const unclipped = tf.square(tf.sub(values, returns))
    const clipped = tf.square(tf.sub(clippedValues, returns))
    const loss = maskedMean(tf.mul(tf.maximum(unclipped, clipped), 0.5), mask, denominator)
    return { loss, stats: { 'val/clipfrac_avg': maskedMean(isGreater(clipped, unclipped), mask, denominator) } }
  })
}
