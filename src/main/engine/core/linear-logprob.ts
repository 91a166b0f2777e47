/** Cross-entropy over a large vocabulary without all of its logits in memory, and few passes over those there are. Knows nothing of models. */
import { LOGITS_AT_ONCE } from '@shared/engine-limits'
import { type Tensor, type Tensor1D, type Tensor2D, tf } from '../tensor/tf'
import { after } from './after'
import { type LogitRules, logitSlope, logitsOf } from './logits'
import { logProbOf, probabilitiesOf } from './logprob'
import { scatterRows } from './rows'

type Save = (tensors: Tensor[]) => void

/** Row ranges [start, size] of N rows whose logits over V tokens are few enough. */
function chunksOf(rows: number, vocabulary: number, atOnce: number): [start: number, size: number][] {
  const size = Math.max(1, Math.floor(atOnce / vocabulary))
  return Array.from({ length: Math.ceil(rows / size) }, (_, i) => [i * size, Math.min(size, rows - i * size)])
}

const rowsOf = (x: Tensor, [start, size]: readonly [number, number]): Tensor =>
  tf.slice(x, [start, ...x.shape.slice(1).map(() => 0)], [size, ...x.shape.slice(1)])

const sum = (tensors: readonly Tensor[]): Tensor => tensors.reduce((a, b) => tf.add(a, b))

const joined = (parts: readonly Tensor[]): Tensor => (parts.length === 1 ? parts[0]! : tf.concat([...parts]))

const logitsFrom = (h: Tensor, w: Tensor, rules: LogitRules) =>
  logitsOf(tf.matMul(h as Tensor2D, w as Tensor2D, false, true), rules) as Tensor2D

interface Rows {
  /** [N, D] */
  readonly h: Tensor
  /** [V, D] */
  readonly w: Tensor
  /** int32 [N] */
  readonly ids: Tensor1D
  /** [N] */
  readonly dy: Tensor
}

/**
 * Of Σ dy[n] log softmax(logits)[n, ids[n]] with regard to h and w: dy (onehot(ids) − p) times the logits' slope s, times w or h. Only p s has all
 * [N, V] numbers: the rows that onehot picks are taken and added apart, and dy multiplies what is narrow.
 */
function gradients({ h, w, ids, dy }: Rows, rules: LogitRules): { h: Tensor; w: Tensor } {
  const logits = logitsFrom(h, w, rules)
  const p = probabilitiesOf(logits)
  const picked = tf.gather(w as Tensor2D, ids)
  const { factor, bend } = logitSlope(rules)
  const spread = (bend ? tf.mul(p, bend(logits)) : p) as Tensor2D
  const ownBend = bend?.(logitsOf(tf.sum(tf.mul(h, picked), 1, true), rules))
  const bent = (x: Tensor): Tensor => (ownBend ? tf.mul(x, ownBend) : x)
  const share = tf.mul(tf.expandDims(dy, 1), factor)
  const scaled = tf.mul(h, share) as Tensor2D
  return {
    h: tf.mul(tf.sub(bent(picked), tf.matMul(spread, w as Tensor2D)), share),
    w: tf.add(tf.matMul(spread, tf.neg(scaled), true, false), scatterRows(bent(scaled), ids, w.shape[0]!)),
  }
}

/**
 * log softmax(logits of h Wᵀ)[n, ids[n]], see `LogitRules`. Logits are computed for some rows at a time, and where that takes several times, again
 * for the gradient: [N, V] is never held whole then.
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
  const gradient = (dy: Tensor, [h, w, ids]: Tensor[]): Tensor[] => {
    const parts = chunks.map((chunk) => {
      const own = rowsOf(h!, chunk)
      const again = chunks.length === 1 ? own : after(own, dy)
      return gradients({ h: again, w: w!, ids: rowsOf(ids!, chunk) as Tensor1D, dy: rowsOf(dy, chunk) }, rules)
    })
    return [joined(parts.map((part) => part.h)), sum(parts.map((part) => part.w))]
  }
  const op = tf.customGrad((...args) => {
    const [h, w, save] = args as unknown as [Tensor, Tensor, Save]
    save([h, w, ids])
    const values = chunks.map((chunk) =>
      logProbOf(logitsFrom(rowsOf(h, chunk), w, rules), rowsOf(ids, chunk) as Tensor1D),
    )
    return { value: joined(values), gradFunc: (dy: Tensor, saved: Tensor[]) => gradient(dy, saved) }
  })
  return op(hidden, weight) as Tensor1D
}
