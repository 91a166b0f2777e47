/** SmolLM3: every fourth layer rotates nothing, and those are the ones that a window is for. */
import { GpoError } from '@shared/errors'
import { describe, integer, type Json } from '../config-json'
import { FULL, givenLayers, isWindowOff, LAYERS, SLIDING } from '../layer-types'
import type { Family } from './features'
import { biasesOf, LLAMA_DEFAULTS, llama } from './llama'

/** "no_rope_layers": one number per layer, 0 = does not rotate; else every fourth ("no_rope_layer_interval"). Ascending. */
function unrotated(file: string, json: Json): number[] {
  const layers = integer(file, json, 'num_hidden_layers', LAYERS)
  const interval = integer(file, json, 'no_rope_layer_interval', { min: 1, max: 1024, fallback: 4 })
  const given = json['no_rope_layers'] ?? Array.from({ length: layers }, (_, i) => Number((i + 1) % interval !== 0))
  if (!Array.isArray(given) || given.length < layers || given.some((one) => one !== 0 && one !== 1)) {
    const wanted = `a list of ${layers} zeros and ones, one for each layer`
    throw new GpoError('model', `${file}: "no_rope_layers" is ${describe(given)}, expected ${wanted}`)
  }
  return given.slice(0, layers).flatMap((rotates, i) => (rotates === 0 ? [i] : []))
}

function layerTypes(file: string, json: Json): readonly string[] {
  const unmoved = unrotated(file, json)
  const isOff = isWindowOff(file, json)
  const layers = integer(file, json, 'num_hidden_layers', LAYERS)
  return (
    givenLayers(file, json, isOff) ??
    Array.from({ length: layers }, (_, i) => (!isOff && unmoved.includes(i) ? SLIDING : FULL))
  )
}

export const smollm3: Family = {
  ...llama,
  defaults: {
    ...LLAMA_DEFAULTS,
    num_key_value_heads: 4,
    max_position_embeddings: 32_768,
    rope_theta: 2_000_000,
    tie_word_embeddings: true,
    bos_token_id: 128_000,
    eos_token_id: 128_001,
    pad_token_id: 128_004,
  },
  features: (file, json) => {
    const layersWithoutRope = unrotated(file, json)
    return { ...biasesOf(file, json), ...(layersWithoutRope.length > 0 ? { layersWithoutRope } : {}) }
  },
  layerTypes,
}
