/** One layer of the decoder around a way to attend: norms, projections, rotation, residuals. The same for whole sequences and for one token. */
import type { ModelConfig } from '../../formats/model-config'
import { ropeOfLayer } from '../../formats/rope-frequencies'
import { type Tensor, tf } from '../tensor/tf'
import type { AttentionRules } from './attention'
import { feedForward } from './feed-forward'
import { linear } from './lora'
import { rmsNorm } from './norm'
import { type Params, param } from './params'
import { rope } from './rope'

/** Norms of a layer by where they are: what enters and what leaves attention and feed-forward part. */
const NORMS = {
  before: { attention: ['input_layernorm', null], mlp: ['post_attention_layernorm', null] },
  after: { attention: [null, 'post_attention_layernorm'], mlp: [null, 'post_feedforward_layernorm'] },
  around: {
    attention: ['input_layernorm', 'post_attention_layernorm'],
    mlp: ['pre_feedforward_layernorm', 'post_feedforward_layernorm'],
  },
} as const

/** RMSNorm by the weight of that name. x [N, D] */
export function normed(config: ModelConfig, params: Params, name: string, x: Tensor): Tensor {
  const weight = param(params, `${name}.weight`)
  return rmsNorm(x, config.hasNormOffset ? tf.add(weight, 1) : weight, config.rmsNormEps)
}

/** What attention does in layer `index` over sequences of that length. */
export function rulesOf({ window, attentionSoftcap }: ModelConfig, index: number, length: number): AttentionRules {
  const hides = window && window.size < length && window.layers.includes(index)
  return { window: hides ? window.size : undefined, softcap: attentionSoftcap }
}

/** [B·T, heads·D] → [B, heads, T, D] */
function splitHeads(x: Tensor, batch: number, heads: number, headDim: number): Tensor {
  const length = x.shape[0]! / batch
  if (length === 1) return tf.reshape(x, [batch, heads, 1, headDim])
  return tf.transpose(tf.reshape(x, [batch, length, heads, headDim]), [0, 2, 1, 3])
}

/** x [N, hidden] → queries [N, heads·D], keys and values [N, kvHeads·D] */
function projected({ heads, kvHeads, headDim, isFused }: ModelConfig, params: Params, attention: string, x: Tensor) {
  const project = (name: string) => linear(params, `${attention}.${name}`, x)
  if (!isFused) return [project('q_proj'), project('k_proj'), project('v_proj')] as const
  const sizes = [heads, kvHeads, kvHeads].map((n) => n * headDim)
  return tf.split(project('qkv_proj'), sizes, 1) as [Tensor, Tensor, Tensor]
}

interface Place {
  readonly config: ModelConfig
  readonly params: Params
  readonly index: number
  /** int32 [B, T] */
  readonly positions: Tensor
  /** Positions the tables of the rotation have. */
  readonly table: number
}

/** Queries (scaled), keys and values of a layer, rotated: [B, heads or kvHeads, T, D]. x [B·T, hidden] */
function projections({ config, params, index, positions, table }: Place, x: Tensor) {
  const { heads, kvHeads, headDim, qkNorm } = config
  const attention = `model.layers.${index}.self_attn`
  const [q, k, v] = projected(config, params, attention, x)
  const rotates = !config.layersWithoutRope?.includes(index)
  const headsOf = (x: Tensor, n: number) => splitHeads(x, positions.shape[0]!, n, headDim)
  const moved = (x: Tensor, n: number, norm: string) => {
    const name = `${attention}.${norm}`
    const whole = headsOf(qkNorm === 'projection' ? normed(config, params, name, x) : x, n)
    const ofHead = () => tf.reshape(normed(config, params, name, tf.reshape(whole, [-1, headDim])), whole.shape)
    const own = qkNorm === 'head' ? ofHead() : whole
    return rotates ? rope(own, positions, table, ropeOfLayer(config, index)) : own
  }
  return {
    q: tf.mul(moved(q, heads, 'q_norm'), config.attentionScale ?? 1 / Math.sqrt(headDim)),
    k: moved(k, kvHeads, 'k_norm'),
    v: headsOf(v, kvHeads),
  }
}

/** x + scale · norm(part(norm(x))), each norm where the layer has it. */
function residual(
  { config, params, index }: Place,
  [before, after]: readonly [string | null, string | null],
  x: Tensor,
  part: (x: Tensor) => Tensor,
): Tensor {
  const name = (norm: string) => `model.layers.${index}.${norm}`
  const own = part(before ? normed(config, params, name(before), x) : x)
  const share = after ? normed(config, params, name(after), own) : own
  return tf.add(x, config.residualScale === undefined ? share : tf.mul(share, config.residualScale))
}

/** Queries [B, heads, T, D], keys and values [B, kvHeads, T, D] → what the heads give, side by side: [B·T, heads·D]. */
export type Attend = (q: Tensor, k: Tensor, v: Tensor) => Tensor

/** @param x [B·T, hidden] @returns what enters the next layer, and this one's keys and values */
export function layer(place: Place, x: Tensor, attend: Attend): { x: Tensor; k: Tensor; v: Tensor } {
  const { config, params, index } = place
  const name = `model.layers.${index}`
  const norms = NORMS[config.norms ?? 'before']
  let own: { k: Tensor; v: Tensor } | null = null
  const middle = residual(place, norms.attention, x, (entering) => {
    const { q, k, v } = projections(place, entering)
    own = { k, v }
    return linear(params, `${name}.self_attn.o_proj`, attend(q, k, v))
  })
  const leaving = residual(place, norms.mlp, middle, (entering) => feedForward(config, params, name, entering))
  return { x: leaving, ...own! } // attention has run
}
