/** Log-probabilities of given tokens, as one operation with its own gradient. Knows nothing of models. */

import { isRecording } from '../backend/recording'
import { type Tensor, type Tensor1D, type Tensor2D, tf } from '../backend/tf'

function runKernel(name: string, inputs: Record<string, Tensor>): Tensor {
  return tf.engine().runKernel(name, inputs) as Tensor
}

function forward(logits: Tensor2D, ids: Tensor1D): Tensor {
  if (isRecording()) return runKernel('GatherLogProb', { logits, ids })
  return tf.sum(tf.mul(tf.logSoftmax(logits), tf.oneHot(ids, logits.shape[1])), 1)
}

function backward(logits: Tensor2D, ids: Tensor1D, dy: Tensor): Tensor {
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
    ;(save as (tensors: Tensor[]) => void)([input])
    return {
      value: forward(input, ids),
      gradFunc: (dy: Tensor, saved: Tensor[]) => backward(saved[0] as Tensor2D, ids, dy),
    }
  })
  return op(logits) as Tensor1D
}
