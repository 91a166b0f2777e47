/** What a family of models computes differently from Llama, and how its config.json is read. */
import type { Json } from '../config-json'
import type { Projection } from '../projections'
import type { RopeConfig } from '../rope-config'

/** Every feature is optional: absent means as in Llama. */
export interface Features {
  /** Projections that add a bias. Absent: none. */
  readonly biases?: readonly Projection[]
  /** RMSNorm of queries and keys before the rotation: of each head (Qwen3, Gemma 3) or of all heads at once (OLMo 2). Absent: none. */
  readonly qkNorm?: 'head' | 'projection'
  /** Layers that rotate nothing (SmolLM3), ascending. Absent: all rotate. */
  readonly layersWithoutRope?: readonly number[]
  /** Of the feed-forward part: `gelu` is the one with tanh. Absent: silu. */
  readonly activation?: 'gelu'
  /** Where attention and feed-forward part are normed: before and after (Gemma), after only (OLMo 2). Absent: before only. */
  readonly norms?: 'around' | 'after'
  /** Norms multiply by 1 + w. Absent: by w. */
  readonly hasNormOffset?: boolean
  /** What queries are multiplied by. Absent: 1/√D. */
  readonly attentionScale?: number
  /** Scores of attention become c · tanh(score / c). Absent: they stay. */
  readonly attentionSoftcap?: number
  /** Logits become c · tanh(logit / c). Absent: they stay. */
  readonly logitSoftcap?: number
  /** What logits are divided by. Absent: 1. */
  readonly logitDivisor?: number
  /** What embeddings are multiplied by. Absent: 1. */
  readonly embeddingScale?: number
  /** What attention and feed-forward part are multiplied by before they are added. Absent: 1. */
  readonly residualScale?: number
  /** q, k and v are one matrix of the checkpoint, and gate and up (Phi-3). */
  readonly isFused?: boolean
}

export interface Rotations extends RopeConfig {
  /** Of the layers with a window, where it is another one. */
  readonly sliding?: RopeConfig
}

/** Values for the keys that a config.json leaves out; null: what null means there. */
export interface Defaults {
  readonly num_key_value_heads: number | null
  readonly head_dim: number | null
  readonly max_position_embeddings: number
  readonly rope_theta: number
  readonly rms_norm_eps: number
  readonly tie_word_embeddings: boolean
  readonly sliding_window: number | null
  readonly bos_token_id: number | null
  readonly eos_token_id: number | null
  readonly pad_token_id: number | null
  readonly [key: string]: number | string | boolean | null
}

/** One architecture. Functions get the file's path for their errors and its JSON with the defaults. */
export interface Family {
  readonly defaults: Defaults
  /** The key of the activation and the values that are computed. */
  readonly activation: { readonly key: string; readonly known: readonly string[] }
  readonly features: (file: string, json: Json) => Features
  /** The kind of attention of every layer. */
  readonly layerTypes: (file: string, json: Json) => readonly string[]
  readonly rotations: (file: string, json: Json, layerTypes: readonly string[]) => Rotations
}

/** The features without those that are as in Llama. */
export function withoutDefaults(
  features: {
    readonly [Key in keyof Features]: Features[Key] | undefined
  },
): Features {
  const { logitDivisor, embeddingScale, residualScale, ...others } = features
  const multipliers = Object.entries({ logitDivisor, embeddingScale, residualScale }).filter(([, value]) => value !== 1)
  const set = [...Object.entries(others), ...multipliers].filter(([, value]) => value !== undefined)
  return Object.fromEntries(set)
}
