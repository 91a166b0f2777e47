/**
 * Cross-entropy over a large vocabulary whose matrix is narrow: a block of the vocabulary is widened once and meets all rows before the next one.
 * Neither [N, V] logits nor the whole matrix in float32 are ever there. Knows nothing of models.
 */
import { type Tensor, type Tensor1D, type Tensor2D, tf } from '../tensor/tf'
import { type LogitRules, logitsOf, productGradient } from './logits'
import { blocksOf, type NarrowMatrix, type RowBlock, widen, widenRows } from './narrow'

/** Numbers of a block, and logits of a tile, at most: 32 MiB each. */
const AT_ONCE = 1 << 23

type Save = (tensors: Tensor[]) => void

/** Largest logit so far and Σ exp(logit − largest), for the rows of a tile; [n] each. */
interface Running {
  readonly max: Tensor
  readonly sum: Tensor
}

function tilesOf(rows: number, width: number, atOnce: number): RowBlock[] {
  const size = Math.max(1, Math.floor(atOnce / width))
  return Array.from({ length: Math.ceil(rows / size) }, (_, i) => ({
    start: i * size,
    size: Math.min(size, rows - i * size),
  }))
}

const rowsAt = (x: Tensor, { start, size }: RowBlock): Tensor =>
  tf.slice(x, [start, ...x.shape.slice(1).map(() => 0)], [size, ...x.shape.slice(1)])

function joined(before: Running | null, logits: Tensor): Running {
  const own = tf.max(logits, 1)
  const max = before ? tf.maximum(before.max, own) : own
  const share = tf.sum(tf.exp(tf.sub(logits, tf.expandDims(max, 1))), 1)
  return { max, sum: before ? tf.add(tf.mul(before.sum, tf.exp(tf.sub(before.max, max))), share) : share }
}

/**
 * log softmax(logits of h Wᵀ)[n, ids[n]] as `linearLogProb`; the gradient flows to hidden alone.
 * @param hidden [N, D]
 * @param matrix [V, D]
 * @param ids int32 [N], each in [0, V)
 * @returns [N]
 */
export function narrowLogProb(
  hidden: Tensor2D,
  matrix: NarrowMatrix,
  ids: Tensor1D,
  rules: LogitRules,
  atOnce = AT_ONCE,
): Tensor1D {
  const blocks = blocksOf(matrix, atOnce)
  const tiles = tilesOf(hidden.shape[0], blocks[0]!.size, atOnce)
  const logits = (h: Tensor, block: Tensor2D) => logitsOf(tf.matMul(h as Tensor2D, block, false, true), rules)
  /** Of each row's own token, [N]. */
  const ownLogits = (h: Tensor) => logitsOf(tf.sum(tf.mul(h, widenRows(matrix, ids)), 1), rules)

  /** log Σ exp of every row, [N]. */
  const logSums = (h: Tensor): Tensor => {
    let running: (Running | null)[] = tiles.map(() => null)
    for (const block of blocks) {
      const weight = widen(matrix, block, running.at(-1)?.sum ?? h)
      running = tiles.map((tile, i) => joined(running[i]!, logits(rowsAt(h, tile), weight)))
    }
    return tf.concat(running.map((state) => tf.add(state!.max, tf.log(state!.sum)))) // there is at least one block
  }

  /** Σ_v (1[v = id] − p_v) · dlogit_v/dh · dy; blocks one after the other, each for all tiles. */
  const gradient = (dy: Tensor, [h, sums]: readonly Tensor[]): Tensor => {
    let parts: Tensor[] = []
    for (const block of blocks) {
      const weight = widen(matrix, block, parts.at(-1) ?? dy)
      parts = tiles.map((tile, i) => {
        const found = logits(rowsAt(h!, tile), weight)
        const p = tf.exp(tf.sub(found, tf.expandDims(rowsAt(sums!, tile), 1)))
        const dLogits = tf.mul(p, tf.expandDims(rowsAt(dy, tile), 1))
        const own = tf.matMul(productGradient(dLogits, found, rules) as Tensor2D, weight)
        return parts[i] ? tf.add(parts[i]!, own) : own
      })
    }
    const ofToken = productGradient(dy, ownLogits(h!), rules)
    return tf.sub(tf.mul(widenRows(matrix, ids), tf.expandDims(ofToken, 1)), tf.concat(parts))
  }

  const op = tf.customGrad((...args) => {
    const [h, save] = args as unknown as [Tensor, Save]
    const sums = logSums(h)
    save([h, sums])
    const value = tf.sub(ownLogits(h), sums)
    return { value, gradFunc: (dy: Tensor, saved: Tensor[]) => gradient(dy, saved) }
  })
  return op(hidden) as Tensor1D
}
