/** Cross-entropy over a large vocabulary without all of its logits in memory. Knows nothing of models. */
import { LOGITS_AT_ONCE } from '@shared/engine-limits'
import { type Tensor, type Tensor1D, type Tensor2D, tf } from '../tensor/tf'
import { after } from './after'
import { type LogitRules, logitsOf, productGradient } from './logits'
import { gatherLogProb, logProbGradient, logProbOf } from './logprob'

type Save = (tensors: Tensor[]) => void

/** Row ranges [start, size] of N rows whose logits over V tokens are few enough. */
function chunksOf(rows: number, vocabulary: number, atOnce: number): [start: number, size: number][] {
  const size = Math.max(1, Math.floor(atOnce / vocabulary))
  return Array.from({ length: Math.ceil(rows / size) }, (_, i) => [i * size, Math.min(size, rows - i * size)])
}

const rowsOf = (x: Tensor, [start, size]: readonly [number, number]): Tensor =>
  tf.slice(x, [start, ...x.shape.slice(1).map(() => 0)], [size, ...x.shape.slice(1)])

const sum = (tensors: readonly Tensor[]): Tensor => tensors.reduce((a, b) => tf.add(a, b))

/**
 * log softmax(logits of h Wᵀ)[n, ids[n]], see `LogitRules`. Logits are made for some rows at a time, and once more for the gradient: [N, V] is never held whole.
 * @param hidden [N, D]
 * @param weight [V, D]
 * @param ids int32 [N], each in [0, V)
 * @returns [N]; the gradient flows to hidden and weight
 */
export function linearLogProb(
  hidden: Tensor2D,
  weight: Tensor2D,
  ids: Tensor1D,
  rules: LogitRules,
  atOnce = LOGITS_AT_ONCE,
): Tensor1D {
  const chunks = chunksOf(hidden.shape[0], weight.shape[0], atOnce)
  const logits = (h: Tensor, w: Tensor) =>
    logitsOf(tf.matMul(h as Tensor2D, w as Tensor2D, false, true), rules) as Tensor2D
  if (chunks.length === 1) return gatherLogProb(logits(hidden, weight), ids)

  const gradient = (dy: Tensor, [h, w, ids]: Tensor[]): Tensor[] => {
    const parts = chunks.map((chunk) => {
      const own = after(rowsOf(h!, chunk), dy)
      const found = logits(own, w!)
      const dLogits = logProbGradient(found, rowsOf(ids!, chunk) as Tensor1D, rowsOf(dy, chunk))
      const dProducts = productGradient(dLogits, found, rules) as Tensor2D
      return { h: tf.matMul(dProducts, w as Tensor2D), w: tf.matMul(dProducts, own as Tensor2D, true, false) }
    })
    return [tf.concat(parts.map((part) => part.h)), sum(parts.map((part) => part.w))]
  }
  const op = tf.customGrad((...args) => {
    const [h, w, save] = args as unknown as [Tensor, Tensor, Save]
    save([h, w, ids])
    const values = chunks.map((chunk) => logProbOf(logits(rowsOf(h, chunk), w), rowsOf(ids, chunk) as Tensor1D))
    return { value: tf.concat(values), gradFunc: (dy: Tensor, saved: Tensor[]) => gradient(dy, saved) }
  })
  return op(hidden, weight) as Tensor1D
}
