/** Which layers of a model attend to a window of the last tokens only, and how long a sequence may be before that matters. */
import { GpoError } from '@shared/errors'
import { describe, flag, integer, type Json } from './config-json'

export const FULL = 'full_attention'
export const SLIDING = 'sliding_attention'

const WINDOW = { min: 1, max: 1 << 24 }
const LAYERS = { min: 1, max: 1024 }

const isOff = (file: string, json: Json) =>
  (json['sliding_window'] ?? null) === null || !flag(file, json, 'use_sliding_window')

/** Qwen's rule: layers from "max_window_layers" on have a window. */
function fromLayerOn(file: string, json: Json): string[] {
  const first = integer(file, json, 'max_window_layers', { min: 0, max: 1 << 16, fallback: 28 })
  return Array.from({ length: integer(file, json, 'num_hidden_layers', LAYERS) }, (_, i) =>
    i >= first ? SLIDING : FULL,
  )
}

function given(file: string, json: Json): string[] {
  const value = json['layer_types']
  const layers = integer(file, json, 'num_hidden_layers', LAYERS)
  if (Array.isArray(value) && value.length === layers && value.every((one) => one === FULL || one === SLIDING))
    return value
  const wanted = `a list of ${layers} times "${FULL}" or "${SLIDING}"`
  throw new GpoError('model', `${file}: "layer_types" is ${describe(value)}, expected ${wanted}`)
}

/** @param byDefault where a file gives no "layer_types" and its window is on */
function typesOf(file: string, json: Json, byDefault: () => string[]): readonly string[] {
  const types = (json['layer_types'] ?? null) === null ? null : given(file, json)
  if (types === null) return isOff(file, json) ? [FULL] : byDefault()
  if (!types.includes(SLIDING) || !isOff(file, json)) return types
  throw new GpoError(
    'model',
    `${file}: "layer_types" has "${SLIDING}", but "use_sliding_window" and "sliding_window" switch the window off: correct one of them`,
  )
}

/** The kinds of attention that layers of each architecture have. */
export function layerTypes(
  architecture: string,
  file: string,
  json: Json,
  unrotated: readonly number[],
): readonly string[] {
  if (architecture === 'LlamaForCausalLM') return [FULL]
  if (architecture === 'MistralForCausalLM') return [(json['sliding_window'] ?? null) === null ? FULL : SLIDING]
  if (architecture === 'SmolLM3ForCausalLM') return typesOf(file, json, () => [unrotated.length > 0 ? SLIDING : FULL])
  return typesOf(file, json, () => fromLayerOn(file, json))
}

/** Positions a sequence may have. A window is never reached when no sequence is longer than it. */
export function maxPositions(file: string, json: Json, types: readonly string[]): number {
  const positions = integer(file, json, 'max_position_embeddings', WINDOW)
  return types.includes(SLIDING) ? Math.min(positions, integer(file, json, 'sliding_window', WINDOW)) : positions
}
