/** Decoupled weight decay. */

import { leaf, mapTree, type ParameterTree } from '../core/tree'
import { type Tensor, tf } from '../tensor/tf'

/** Adds `decay · parameter` to the updates of the parameters `which` names. Loshchilov and Hutter 2019, arXiv 1711.05101, algorithm 2. */
export function addDecayedWeights(decay: number, which: (name: string, parameter: Tensor) => boolean) {
  return (updates: ParameterTree, params: ParameterTree): ParameterTree => {
    if (decay === 0) return updates
    return mapTree(updates, (update, name) => {
      const parameter = leaf(params, name, 'params')
      return which(name, parameter) ? tf.add(update, tf.mul(parameter, decay)) : update
    })
  }
}
