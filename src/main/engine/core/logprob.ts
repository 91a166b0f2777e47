/** Log-probabilities of given tokens, as one operation with its own gradient. Knows nothing of models. */

import { isRecording } from '../tensor/recording'
import { type Tensor, type Tensor1D, type Tensor2D, tf } from '../tensor/tf'

function runKernel(name: string, inputs: Record<string, Tensor>, attrs = {}): Tensor {
  return tf.engine().runKernel(name, inputs, attrs) as Tensor
}

/** softmax(logits) without a gradient, [N, V]; in a compiled graph from the log-probabilities that `logProbOf` the same logits needs too. */
export function probabilitiesOf(logits: Tensor2D): Tensor {
  if (isRecording()) return tf.exp(runKernel('LogSoftmax', { logits }, { axis: -1 }))
  return tf.softmax(logits)
}

/** The value alone, without a gradient. Shapes as in `gatherLogProb`. */
export function logProbOf(logits: Tensor2D, ids: Tensor1D): Tensor {
  if (isRecording()) return runKernel('GatherLogProb', { logits, ids })
  return tf.sum(tf.mul(tf.logSoftmax(logits), tf.oneHot(ids, logits.shape[1])), 1)
}

/** dy[n] · ∂ logprob[n] / ∂ logits, [N, V]. @param dy [N] */
export function logProbGradient(logits: Tensor2D, ids: Tensor1D, dy: Tensor): Tensor {
  if (isRecording()) return runKernel('GatherLogProbGrad', { logits, ids, dy })
  const difference = tf.sub(tf.oneHot(ids, logits.shape[1]), tf.softmax(logits))
  return tf.mul(difference, tf.expandDims(dy, 1))
}

/**
 * log softmax(logits)[n, ids[n]].
 * @param logits [N, V]
 * @param ids int32 [N], each in [0, V)
 * @returns [N]; the gradient flows to logits only
 */
export function gatherLogProb(logits: Tensor2D, ids: Tensor1D): Tensor1D {
  const op = tf.customGrad((x, save) => {
    const input = x as Tensor2D
    ;(save as (tensors: Tensor[]) => void)([input, ids])
    return {
      value: logProbOf(input, ids),
      gradFunc: (dy: Tensor, saved: Tensor[]) => logProbGradient(saved[0] as Tensor2D, saved[1] as Tensor1D, dy),
    }
  })
  return op(logits) as Tensor1D
}
