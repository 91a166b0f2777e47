/**
 * The decoder of Llama and the families near it, as pure functions of parameters under their checkpoint names; what a family does differently is in its
 * config (see formats/families). Knows token ids and positions; nothing of text, sampling or training. Right-padded batches: a causal mask is all the
 * masking there is, padding sits after what counts.
 */

import { QUERIES_AT_ONCE } from '@shared/engine-limits'
import type { ModelConfig } from '../../formats/model-config'
import { type LogitRules, logitsOf } from '../core/logits'
import { type NarrowMatrix, narrowMatMul, widenRows } from '../core/narrow'
import { gatherRows } from '../core/rows'
import { softcapped } from '../core/softcap'
import { type Tensor, type Tensor1D, type Tensor2D, tf } from '../tensor/tf'
import { attention, causalMask, MASKED } from './attention'
import { checkpointed } from './checkpointed'
import { chunkedAttention } from './chunked-attention'
import { type Attend, layer, normed, rulesOf } from './layer'
import { isNarrow, matrix, type Params, param } from './params'

export interface Trunk {
  /** [B·T, hidden], after the last norm. */
  readonly hidden: Tensor2D
  /** Keys and values of every layer, [B, kvHeads, T, D]. */
  readonly keys: readonly Tensor[]
  readonly values: readonly Tensor[]
}

export interface ForwardOptions {
  /** Keep only what enters each layer and compute the rest again for the gradient: less memory, about a third more time. No keys and values. */
  readonly recomputesLayers?: boolean
}

const iota = (length: number) =>
  tf.tensor1d(
    Int32Array.from({ length }, (_, i) => i),
    'int32',
  )

const EMBEDDING = 'model.embed_tokens.weight'

/** int32 [N] → [N, hidden]. */
function embed(config: ModelConfig, params: Params, ids: Tensor): Tensor {
  const table = matrix(params, EMBEDDING, config.hiddenSize)
  const rows = isNarrow(table) ? widenRows(table, ids as Tensor1D) : gatherRows(table, ids as Tensor1D)
  return config.embeddingScale === undefined ? rows : tf.mul(rows, config.embeddingScale)
}

const lastNorm = (config: ModelConfig, params: Params, x: Tensor) => normed(config, params, 'model.norm', x) as Tensor2D

/** Masks by the window they are of, each made once. */
function masksFor(length: number, repeat: number) {
  const made = new Map<number | undefined, Tensor>()
  return (window: number | undefined): Tensor => {
    const mask = made.get(window) ?? causalMask(length, repeat, window)
    made.set(window, mask)
    return mask
  }
}

/** @param maskOf null: in chunks, whose masks are made on the way */
function attendTo(config: ModelConfig, index: number, maskOf: ((window: number | undefined) => Tensor) | null): Attend {
  const { heads, kvHeads, headDim } = config
  return (q, k, v) => {
    const [batch, , length] = k.shape as [number, number, number]
    const rules = rulesOf(config, index, length)
    const grouped = tf.reshape(q, [batch, kvHeads, (heads / kvHeads) * length, headDim])
    const attended = maskOf
      ? attention(grouped, k, v, maskOf(rules.window), rules.softcap)
      : chunkedAttention(grouped, k, v, rules)
    const mixed = tf.reshape(attended, [batch, heads, length, headDim])
    return tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [batch * length, heads * headDim])
  }
}

/**
 * All positions of a right-padded batch at once.
 * @param ids int32 [B, T]
 */
export function forward(config: ModelConfig, params: Params, ids: Tensor2D, options: ForwardOptions = {}): Trunk {
  const [batch, length] = ids.shape
  const positionsOf = () => tf.tile(tf.reshape(iota(length), [1, length]), [batch, 1])
  const positions = positionsOf()
  const maskOf = length <= QUERIES_AT_ONCE ? masksFor(length, config.heads / config.kvHeads) : null
  const keys: Tensor[] = []
  const values: Tensor[] = []
  let x = embed(config, params, tf.reshape(ids, [batch * length]))
  for (let index = 0; index < config.layers; index++) {
    const place = { config, index, table: length }
    if (options.recomputesLayers) {
      const own = (params: Params, x: Tensor) =>
        layer({ ...place, params, positions: positionsOf() }, x, attendTo(config, index, null)).x
      x = checkpointed(params, `model.layers.${index}.`, x, own)
      continue
    }
    const next = layer({ ...place, params, positions }, x, attendTo(config, index, maskOf))
    keys.push(next.k)
    values.push(next.v)
    x = next.x
  }
  return { hidden: lastNorm(config, params, x), keys, values }
}

/** [V, hidden]; a tied head is the embedding. */
export const headWeight = (config: ModelConfig, params: Params): Tensor2D | NarrowMatrix =>
  matrix(params, config.tieWordEmbeddings ? EMBEDDING : 'lm_head.weight', config.hiddenSize)

/** How a head's products become logits at a temperature. */
export const logitRules = ({ logitDivisor, logitSoftcap }: ModelConfig, temperature: number): LogitRules => ({
  temperature,
  divisor: logitDivisor,
  softcap: logitSoftcap,
})

/** [N, hidden] → logits [N, V]. */
export function head(config: ModelConfig, params: Params, hidden: Tensor2D): Tensor2D {
  const weight = headWeight(config, params)
  const products = isNarrow(weight) ? narrowMatMul(hidden, weight) : tf.matMul(hidden, weight, false, true)
  return logitsOf(products, logitRules(config, 1)) as Tensor2D
}

/** The value head of PPO: [N, hidden] → [N]. */
export function valueHead(params: Params, hidden: Tensor2D): Tensor {
  const weight = param(params, 'value_head.weight') as Tensor2D
  return tf.add(tf.reshape(tf.matMul(hidden, weight, false, true), [hidden.shape[0]]), param(params, 'value_head.bias'))
}

export interface DecodeInputs {
  /** int32 [B]: the newest token of each lane. */
  readonly ids: Tensor
  /** int32 [B]: its position, which is the number of tokens in the lane's cache. */
  readonly positions: Tensor
  /** Per layer [B, kvHeads, T, D]; entries at or after `positions` are ignored. */
  readonly keys: readonly Tensor[]
  readonly values: readonly Tensor[]
}

/** MASKED where a lane's newest token does not see a slot of its cache: [B, 1, 1, T]. Slots at or after its position are not its own. */
function cacheMask(column: Tensor, length: number, window: number | undefined): Tensor {
  const slots = tf.reshape(iota(length), [1, length])
  const unused = tf.cast(tf.greaterEqual(slots, column), 'float32')
  const shaped = (hidden: Tensor) => tf.reshape(tf.mul(hidden, MASKED), [column.shape[0]!, 1, 1, length])
  if (window === undefined) return shaped(unused)
  const earlier = tf.cast(tf.lessEqual(slots, tf.sub(column, tf.scalar(window, 'int32'))), 'float32')
  return shaped(tf.add(unused, earlier))
}

interface Cached {
  readonly keys: Tensor
  readonly values: Tensor
  readonly mask: Tensor
}

/** Own and cached scores side by side, so that the cache is not copied. */
function attendToCache({ heads, kvHeads, headDim, attentionSoftcap }: ModelConfig, cached: Cached): Attend {
  return (q, k, v) => {
    const { keys, values, mask } = cached
    const [batch, , length] = keys.shape as [number, number, number]
    const grouped = tf.reshape(q, [batch, kvHeads, heads / kvHeads, headDim])
    const past = tf.add(softcapped(tf.matMul(grouped, keys, false, true), attentionSoftcap), mask)
    const own = softcapped(tf.sum(tf.mul(grouped, k), -1, true), attentionSoftcap)
    const weights = tf.softmax(tf.concat([past, own], -1))
    const [before, self] = tf.split(weights, [length, 1], -1) as [Tensor, Tensor]
    const mixed = tf.add(tf.matMul(before, values), tf.mul(self, v))
    return tf.reshape(mixed, [batch, heads * headDim])
  }
}

/**
 * One token per lane against the cache. Attention over cache and own key needs no copy of the cache: the own score is joined to the
 * cached scores before the softmax.
 * @returns hidden [B, hidden] and the new keys and values, per layer [B, kvHeads, D]
 */
export function decode(config: ModelConfig, params: Params, { ids, positions, keys, values }: DecodeInputs): Trunk {
  const { kvHeads, headDim } = config
  const batch = ids.shape[0]!
  const length = keys[0]!.shape[2]!
  const column = tf.reshape(positions, [batch, 1])
  const masks = new Map<number | undefined, Tensor>()
  const newKeys: Tensor[] = []
  const newValues: Tensor[] = []
  let x = embed(config, params, ids)
  for (let index = 0; index < config.layers; index++) {
    const { window } = rulesOf(config, index, length + 1)
    const mask = masks.get(window) ?? cacheMask(column, length, window)
    masks.set(window, mask)
    const attend = attendToCache(config, { keys: keys[index]!, values: values[index]!, mask })
    const next = layer({ config, params, index, positions: column, table: length + 1 }, x, attend)
    newKeys.push(tf.reshape(next.k, [batch, kvHeads, headDim]))
    newValues.push(tf.reshape(next.v, [batch, kvHeads, headDim]))
    x = next.x
  }
  return { hidden: lastNorm(config, params, x), keys: newKeys, values: newValues }
}
