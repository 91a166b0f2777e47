/** What llama.cpp calls an architecture, which numbers its files say, and what it takes for granted: models that are otherwise are refused. */
import { alternatingWindow } from '@main/formats/layer-types'
import type { ModelConfig } from '@main/formats/model-config'
import { GpoError } from '@shared/errors'
import type { MetadataValue } from './format'

interface Architecture {
  readonly name: string
  /** It rotates neighbouring numbers (q and k are then reordered), not halves. */
  readonly isInterleaved: boolean
  /** It has windows; else the context ends where one would begin to hide. */
  readonly hasWindow?: boolean
  /** Keys behind its name, besides those that all have. */
  readonly numbers?: (config: ModelConfig) => Readonly<Record<string, number | undefined>>
  /** Whole numbers among them. */
  readonly integers?: readonly string[]
  /** What it would compute otherwise, as a sentence; null where it computes the same. */
  readonly objection?: (config: ModelConfig) => string | null
}

const near = (a: number, b: number) => Math.abs(a - b) <= 1e-6 * Math.abs(b)

/** Gemma's queries are scaled by their heads, or by the width over their number in the model of so many layers. */
function scaleObjection({ attentionScale = 0, headDim, hiddenSize, heads, layers }: ModelConfig, largest: number) {
  const expected = (layers === largest ? hiddenSize / heads : headDim) ** -0.5
  return near(attentionScale, expected)
    ? null
    : `queries are multiplied by ${attentionScale}, there by ${expected} ("query_pre_attn_scalar")`
}

/** @param period of the layers without a window */
function windowObjection({ window, layers }: ModelConfig, period: number): string | null {
  const expected = alternatingWindow(layers, period)
  const isSame = window !== undefined && window.layers.join() === expected.join()
  return isSame ? null : `its layers with a window are others than all but every ${period}th ("layer_types")`
}

function gemma3Objection(config: ModelConfig): string | null {
  const { window, logitSoftcap } = config
  const rope = window?.rope
  if (logitSoftcap !== undefined) return 'logits are not capped there ("final_logit_softcapping")'
  if (rope && (rope.theta !== 10_000 || rope.scaling !== null))
    return `layers with a window rotate by the base 10000 there, not ${rope.theta}${rope.scaling ? ', scaled' : ''}`
  return windowObjection(config, 6) ?? scaleObjection(config, 62)
}

const SLIDING = 'attention.sliding_window'

const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  LlamaForCausalLM: { name: 'llama', isInterleaved: true },
  MistralForCausalLM: { name: 'llama', isInterleaved: true },
  Qwen2ForCausalLM: { name: 'qwen2', isInterleaved: false },
  Qwen3ForCausalLM: { name: 'qwen3', isInterleaved: false },
  SmolLM3ForCausalLM: { name: 'smollm3', isInterleaved: true },
  Gemma2ForCausalLM: {
    ...{ name: 'gemma2', isInterleaved: false, hasWindow: true, integers: [SLIDING] },
    numbers: ({ window, attentionSoftcap, logitSoftcap }) => ({
      [SLIDING]: window?.size,
      attn_logit_softcapping: attentionSoftcap,
      final_logit_softcapping: logitSoftcap,
    }),
    objection: (config) => {
      const isCapped = config.attentionSoftcap !== undefined && config.logitSoftcap !== undefined
      const uncapped = isCapped ? null : 'scores and logits are always capped there ("attn_logit_softcapping")'
      return uncapped ?? windowObjection(config, 2) ?? scaleObjection(config, 46)
    },
  },
  Gemma3ForCausalLM: {
    ...{ name: 'gemma3', isInterleaved: false, hasWindow: true, integers: [SLIDING] },
    numbers: ({ window }) => ({ [SLIDING]: window?.size }),
    objection: gemma3Objection,
  },
  GraniteForCausalLM: {
    ...{ name: 'granite', isInterleaved: true },
    numbers: ({ attentionScale, embeddingScale = 1, residualScale = 1, logitDivisor = 1 }) => ({
      'attention.scale': attentionScale,
      embedding_scale: embeddingScale,
      residual_scale: residualScale,
      logit_scale: logitDivisor,
    }),
  },
  Olmo2ForCausalLM: { name: 'olmo2', isInterleaved: false },
  Phi3ForCausalLM: {
    ...{ name: 'phi3', isInterleaved: false, integers: ['rope.scaling.original_context_length'] },
    numbers: ({ ropeScaling, maxPositions }) => {
      const long = ropeScaling?.kind === 'longrope' ? ropeScaling : null
      return {
        'rope.scaling.original_context_length': long?.originalMaxPositions ?? maxPositions,
        'rope.scaling.attn_factor': long?.attentionFactor,
      }
    },
  },
}

/** @throws {GpoError} 'usage' for an architecture without a name there, or a model that it would compute otherwise */
export function architectureOf(config: ModelConfig): Architecture {
  const known = ARCHITECTURES[config.architecture]
  if (!known)
    throw new GpoError(
      'usage',
      `llama.cpp's name for the architecture ${config.architecture} is not known: export safetensors`,
    )
  const objection = known.objection?.(config) ?? null
  if (objection === null) return known
  throw new GpoError('usage', `llama.cpp would compute this model otherwise: ${objection}. Export safetensors`)
}

/** The keys that only this architecture has. */
export function ownMetadata(config: ModelConfig): [string, MetadataValue][] {
  const { name, numbers, integers = [] } = architectureOf(config)
  return Object.entries(numbers?.(config) ?? {}).flatMap(([key, value]): [string, MetadataValue][] =>
    value === undefined ? [] : [[`${name}.${key}`, { type: integers.includes(key) ? 'uint32' : 'float32', value }]],
  )
}

/** Tokens that llama.cpp may be given: where it has no windows, as many as one shows. */
export const contextOf = (config: ModelConfig): number => {
  const { maxPositions, window } = config
  return architectureOf(config).hasWindow || !window ? maxPositions : Math.min(maxPositions, window.size)
}
