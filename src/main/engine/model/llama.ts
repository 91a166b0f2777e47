/**
 * The decoder of the Llama family (Llama, Mistral, Qwen2, Qwen3, SmolLM3), as pure functions of parameters under their checkpoint names. Knows token ids and positions; nothing of
 * text, sampling or training. Right-padded batches: a causal mask is all the masking there is, padding sits after what counts.
 */

import { QUERIES_AT_ONCE } from '@shared/engine-limits'
import type { ModelConfig } from '../../formats/model-config'
import { type NarrowMatrix, narrowMatMul, widenRows } from '../core/narrow'
import { type Tensor, type Tensor1D, type Tensor2D, tf } from '../tensor/tf'
import { attention, causalMask, MASKED } from './attention'
import { checkpointed } from './checkpointed'
import { chunkedAttention } from './chunked-attention'
import { linear } from './lora'
import { rmsNorm } from './norm'
import { isNarrow, matrix, type Params, param } from './params'
import { rope } from './rope'

/** [B·T, heads·D] → [B, heads, T, D] */
function splitHeads(x: Tensor, batch: number, heads: number, headDim: number): Tensor {
  const length = x.shape[0]! / batch
  if (length === 1) return tf.reshape(x, [batch, heads, 1, headDim])
  return tf.transpose(tf.reshape(x, [batch, length, heads, headDim]), [0, 2, 1, 3])
}

/** silu(gate) · up with the gradient written out: one sigmoid for both directions. Shapes all equal. */
function swiGlu(gate: Tensor, up: Tensor): Tensor {
  const op = tf.customGrad((...args) => {
    const [g, u, save] = args as unknown as [Tensor, Tensor, (tensors: Tensor[]) => void]
    save([g, u])
    const gradFunc = (dy: Tensor, saved: Tensor[]) => {
      const [g, u] = saved as [Tensor, Tensor]
      const s = tf.sigmoid(g)
      const silu = tf.mul(g, s)
      const slope = tf.add(s, tf.mul(silu, tf.sub(1, s)))
      return [tf.mul(tf.mul(dy, u), slope), tf.mul(dy, silu)]
    }
    return { value: tf.mul(tf.mul(g, tf.sigmoid(g)), u), gradFunc }
  })
  return op(gate, up)
}

function feedForward(params: Params, layer: string, x: Tensor): Tensor {
  const gate = linear(params, `${layer}.mlp.gate_proj`, x)
  const up = linear(params, `${layer}.mlp.up_proj`, x)
  return linear(params, `${layer}.mlp.down_proj`, swiGlu(gate, up))
}

/** RMSNorm of every head's vector by itself. x [B, H, T, D]; weight [D] */
function normHeads(x: Tensor, weight: Tensor, eps: number): Tensor {
  const size = x.shape.at(-1)!
  return tf.reshape(rmsNorm(tf.reshape(x, [x.size / size, size]), weight, eps), x.shape)
}

/** Queries scaled by 1/√D, keys and values of layer `index`, rotated. x [B·T, hidden]; positions int32 [B, T]. */
function projections(config: ModelConfig, params: Params, index: number, x: Tensor, positions: Tensor, table: number) {
  const { heads, kvHeads, headDim, rmsNormEps } = config
  const attention = `model.layers.${index}.self_attn`
  const batch = positions.shape[0]!
  const project = (name: string, n: number) => splitHeads(linear(params, `${attention}.${name}`, x), batch, n, headDim)
  const normed = (x: Tensor, name: string) =>
    config.hasQkNorm ? normHeads(x, param(params, `${attention}.${name}.weight`), rmsNormEps) : x
  const rotates = !config.layersWithoutRope?.includes(index)
  const rotated = (x: Tensor) => (rotates ? rope(x, positions, table, config) : x)
  const q = rotated(normed(project('q_proj', heads), 'q_norm'))
  return {
    q: tf.mul(q, 1 / Math.sqrt(headDim)),
    k: rotated(normed(project('k_proj', kvHeads), 'k_norm')),
    v: project('v_proj', kvHeads),
  }
}

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

/** One layer. x [B·T, hidden]; returns what enters the next one, and its keys and values. */
function layer(config: ModelConfig, params: Params, index: number, x: Tensor, positions: Tensor, mask: Tensor | null) {
  const { heads, kvHeads, headDim, rmsNormEps } = config
  const [batch, length] = positions.shape as [number, number]
  const name = `model.layers.${index}`
  const normed = rmsNorm(x, param(params, `${name}.input_layernorm.weight`), rmsNormEps)
  const { q, k, v } = projections(config, params, index, normed, positions, length)
  const grouped = tf.reshape(q, [batch, kvHeads, (heads / kvHeads) * length, headDim])
  const attended = mask ? attention(grouped, k, v, mask) : chunkedAttention(grouped, k, v)
  const mixed = tf.reshape(attended, [batch, heads, length, headDim])
  const merged = tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [batch * length, heads * headDim])
  const middle = tf.add(x, linear(params, `${name}.self_attn.o_proj`, merged))
  const normed2 = rmsNorm(middle, param(params, `${name}.post_attention_layernorm.weight`), rmsNormEps)
  return { x: tf.add(middle, feedForward(params, name, normed2)), k, v }
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
  return isNarrow(table) ? widenRows(table, ids as Tensor1D) : tf.gather(table, ids as Tensor1D)
}

/**
 * All positions of a right-padded batch at once.
 * @param ids int32 [B, T]
 */
export function forward(config: ModelConfig, params: Params, ids: Tensor2D, options: ForwardOptions = {}): Trunk {
  const [batch, length] = ids.shape
  const positionsOf = () => tf.tile(tf.reshape(iota(length), [1, length]), [batch, 1])
  const positions = positionsOf()
  const mask = length <= QUERIES_AT_ONCE ? causalMask(length, config.heads / config.kvHeads) : null
  const keys: Tensor[] = []
  const values: Tensor[] = []
  let x = embed(config, params, tf.reshape(ids, [batch * length]))
  for (let i = 0; i < config.layers; i++) {
    if (options.recomputesLayers) {
      const own = (tree: Params, x: Tensor) => layer(config, tree, i, x, positionsOf(), null).x
      x = checkpointed(params, `model.layers.${i}.`, x, own)
      continue
    }
    const next = layer(config, params, i, x, positions, mask)
    keys.push(next.k)
    values.push(next.v)
    x = next.x
  }
  const hidden = rmsNorm(x, param(params, 'model.norm.weight'), config.rmsNormEps) as Tensor2D
  return { hidden, keys, values }
}

/** [V, hidden]; a tied head is the embedding. */
export const headWeight = (config: ModelConfig, params: Params): Tensor2D | NarrowMatrix =>
  matrix(params, config.tieWordEmbeddings ? EMBEDDING : 'lm_head.weight', config.hiddenSize)

/** [N, hidden] → logits [N, V]. */
export function head(config: ModelConfig, params: Params, hidden: Tensor2D): Tensor2D {
  const weight = headWeight(config, params)
  return isNarrow(weight) ? (narrowMatMul(hidden, weight) as Tensor2D) : tf.matMul(hidden, weight, false, true)
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

/**
 * One token per lane against the cache. Attention over cache and own key needs no copy of the cache: the own score is joined to the
 * cached scores before the softmax.
 * @returns hidden [B, hidden] and the new keys and values, per layer [B, kvHeads, D]
 */
export function decode(config: ModelConfig, params: Params, { ids, positions, keys, values }: DecodeInputs): Trunk {
  const { heads, kvHeads, headDim, rmsNormEps } = config
  const batch = ids.shape[0]!
  const length = keys[0]!.shape[2]!
  const repeat = heads / kvHeads
  const column = tf.reshape(positions, [batch, 1])
  const slots = tf.tensor2d(
    Int32Array.from({ length }, (_, i) => i),
    [1, length],
    'int32',
  )
  const isUnused = tf.cast(tf.greaterEqual(slots, column), 'float32')
  const mask = tf.reshape(tf.mul(isUnused, MASKED), [batch, 1, 1, length])
  const newKeys: Tensor[] = []
  const newValues: Tensor[] = []
  let x = embed(config, params, ids)
  for (let i = 0; i < config.layers; i++) {
    const layer = `model.layers.${i}`
    const normed = rmsNorm(x, param(params, `${layer}.input_layernorm.weight`), rmsNormEps)
    const { q, k, v } = projections(config, params, i, normed, column, length + 1)
    const grouped = tf.reshape(q, [batch, kvHeads, repeat, headDim])
    const cached = tf.add(tf.matMul(grouped, keys[i]!, false, true), mask)
    const own = tf.sum(tf.mul(grouped, k), -1, true)
    const weights = tf.softmax(tf.concat([cached, own], -1))
    const [past, self] = tf.split(weights, [length, 1], -1) as [Tensor, Tensor]
    const mixed = tf.add(tf.matMul(past, values[i]!), tf.mul(self, v))
    x = tf.add(x, linear(params, `${layer}.self_attn.o_proj`, tf.reshape(mixed, [batch, heads * headDim])))
    const normed2 = rmsNorm(x, param(params, `${layer}.post_attention_layernorm.weight`), rmsNormEps)
    x = tf.add(x, feedForward(params, layer, normed2))
    newKeys.push(tf.reshape(k, [batch, kvHeads, headDim]))
    newValues.push(tf.reshape(v, [batch, kvHeads, headDim]))
  }
  return {
    hidden: rmsNorm(x, param(params, 'model.norm.weight'), rmsNormEps) as Tensor2D,
    keys: newKeys,
    values: newValues,
  }
}
