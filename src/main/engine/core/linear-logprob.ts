/** Cross-entropy over a large vocabulary without all of its logits in memory. Knows nothing of models. */
import { LOGITS_AT_ONCE } from '@shared/engine-limits'
import { type Tensor, type Tensor1D, type Tensor2D, tf } from '../tensor/tf'
import { after } from './after'
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
 * log softmax(h Wᵀ / τ)[n, ids[n]]. Logits are computed for some rows at a time, and again for the gradient: [N, V] is never held whole.
 * @param hidden [N, D]
 * @param weight [V, D]
 * @param ids int32 [N], each in [0, V)
 * @param temperature τ
 * @returns [N]; the gradient flows to hidden and weight
 */
export function linearLogProb(
  hidden: Tensor2D,
  weight: Tensor2D,
  ids: Tensor1D,
  temperature: number,
  atOnce = LOGITS_AT_ONCE,
): Tensor1D {
  const chunks = chunksOf(hidden.shape[0], weight.shape[0], atOnce)
  const scaled = (x: Tensor): Tensor => (temperature === 1 ? x : tf.div(x, temperature))
  const logitsOf = (h: Tensor, w: Tensor) => scaled(tf.matMul(h as Tensor2D, w as Tensor2D, false, true)) as Tensor2D
  if (chunks.length === 1) return gatherLogProb(logitsOf(hidden, weight), ids)

  const gradient = (dy: Tensor, [h, w, ids]: Tensor[]): Tensor[] => {
    const parts = chunks.map((chunk) => {
      const own = after(rowsOf(h!, chunk), dy)
      const dLogits = scaled(
        logProbGradient(logitsOf(own, w!), rowsOf(ids!, chunk) as Tensor1D, rowsOf(dy, chunk)),
      ) as Tensor2D
      return { h: tf.matMul(dLogits, w as Tensor2D), w: tf.matMul(dLogits, own as Tensor2D, true, false) }
    })
    return [tf.concat(parts.map((part) => part.h)), sum(parts.map((part) => part.w))]
  }
  const op = tf.customGrad((...args) => {
    const [h, w, save] = args as unknown as [Tensor, Tensor, Save]
    save([h, w, ids])
    const values = chunks.map((chunk) => logProbOf(logitsOf(rowsOf(h, chunk), w), rowsOf(ids, chunk) as Tensor1D))
    return { value: tf.concat(values), gradFunc: (dy: Tensor, saved: Tensor[]) => gradient(dy, saved) }
  })
  return op(hidden, weight) as Tensor1D
}
