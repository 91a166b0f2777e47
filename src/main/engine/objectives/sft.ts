/** Supervised fine-tuning. Knows nothing about models: takes the log-probabilities of the target tokens. */

import { assertSameShape } from '../core/assert-shape'
import { maskedMean } from '../core/mask'
import { type Scalar, type Tensor, tf } from '../tensor/tf'
import type { ObjectiveResult } from './result'

export type SftInput = {
  /** [B, T] log-probability of each target token. */
  readonly logp: Tensor
  /** [B, T] 1 on tokens of the response, 0 on the prompt and on padding. */
  readonly mask: Tensor
  /** Response tokens of the whole batch. */
  readonly denominator: Scalar
}

/** Token cross-entropy over the response, in nats per token: `−Σ mask · logp / denominator`. */
export function sftLoss({ logp, mask, denominator }: SftInput): ObjectiveResult {
  assertSameShape('sftLoss', 2, { logp, mask })
  return tf.tidy(() => {
    const loss = tf.neg(maskedMean(logp, mask, denominator))
    return { loss, stats: { nll_loss: loss } }
  })
}
