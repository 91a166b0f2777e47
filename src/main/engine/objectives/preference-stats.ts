/** The stats of every pairwise objective, with TRL's names. */

import { isGreater, maskedMean } from '../core/mask'
import { type Scalar, type Tensor, tf } from '../tensor/tf'

export type PreferencePairs = {
  /** [P] implicit rewards. */
  readonly chosenRewards: Tensor
  readonly rejectedRewards: Tensor
  /** [P] log-probabilities, as the objective uses them (sums or means over tokens). */
  readonly chosenLogps: Tensor
  readonly rejectedLogps: Tensor
  /** [P] 1 for a pair, 0 for padding. */
  readonly weight: Tensor
  /** Pairs of the whole batch. */
  readonly denominator: Scalar
}

export function preferenceStats(pairs: PreferencePairs): Readonly<Record<string, Scalar>> {
  const { chosenRewards, rejectedRewards } = pairs
  const average = (x: Tensor) => maskedMean(x, pairs.weight, pairs.denominator)
  return {
    'rewards/chosen': average(chosenRewards),
    'rewards/rejected': average(rejectedRewards),
    'rewards/accuracies': average(isGreater(chosenRewards, rejectedRewards)),
    'rewards/margins': average(tf.sub(chosenRewards, rejectedRewards)),
    'logps/chosen': average(pairs.chosenLogps),
    'logps/rejected': average(pairs.rejectedLogps),
  }
}
