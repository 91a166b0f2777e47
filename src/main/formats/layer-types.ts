/** Which layers of a model attend to a window of the last tokens only. */
import { GpoError } from '@shared/errors'
import { describe, flag, integer, type Json } from './config-json'

export const FULL = 'full_attention'
export const SLIDING = 'sliding_attention'

export const LAYERS = { min: 1, max: 1024 }
const WINDOW = { min: 1, max: 1 << 24 }

/** Layers whose tokens see the last `size` tokens, themselves among them. */
export interface Window {
  readonly size: number
  /** Ascending. */
  readonly layers: readonly number[]
}

const layersOf = (file: string, json: Json) => integer(file, json, 'num_hidden_layers', LAYERS)

export const allLayers = (file: string, json: Json, kind: string): string[] =>
  Array.from({ length: layersOf(file, json) }, () => kind)

/** Models with the key "use_sliding_window" have no window unless it is true. */
export const isWindowOff = (file: string, json: Json): boolean =>
  (json['sliding_window'] ?? null) === null || !flag(file, json, 'use_sliding_window')

/** What "layer_types" says; null where a file leaves it out. */
export function givenLayers(file: string, json: Json, isOff: boolean): readonly string[] | null {
  const value = json['layer_types'] ?? null
  if (value === null) return null
  const layers = layersOf(file, json)
  if (!Array.isArray(value) || value.length !== layers || value.some((one) => one !== FULL && one !== SLIDING)) {
    const wanted = `a list of ${layers} times "${FULL}" or "${SLIDING}"`
    throw new GpoError('model', `${file}: "layer_types" is ${describe(value)}, expected ${wanted}`)
  }
  if (!value.includes(SLIDING) || !isOff) return value
  throw new GpoError(
    'model',
    `${file}: "layer_types" has "${SLIDING}", but "use_sliding_window" and "sliding_window" give no window: correct one of them`,
  )
}

/** Qwen: layers from the one on that "max_window_layers" names. */
export function qwenLayers(file: string, json: Json): readonly string[] {
  const isOff = isWindowOff(file, json)
  const given = givenLayers(file, json, isOff)
  if (given) return given
  if (isOff) return allLayers(file, json, FULL)
  const first = integer(file, json, 'max_window_layers', { min: 0, max: 1 << 16, fallback: 28 })
  return allLayers(file, json, FULL).map((kind, i) => (i >= first ? SLIDING : kind))
}

/** All layers but every `period`-th. */
export const alternatingWindow = (layers: number, period: number): number[] =>
  Array.from({ length: layers }, (_, i) => i).filter((i) => (i + 1) % period !== 0)

/** Gemma: a window in all layers but every `period`-th. */
export function alternatingLayers(file: string, json: Json, period: number): readonly string[] {
  const given = givenLayers(file, json, false)
  const sliding = alternatingWindow(layersOf(file, json), period)
  return given ?? allLayers(file, json, FULL).map((kind, i) => (sliding.includes(i) ? SLIDING : kind))
}

/** Null where no layer has a window. @throws GpoError('model') where one has, and "sliding_window" is no number */
export function windowOf(file: string, json: Json, types: readonly string[]): Window | null {
  const layers = types.flatMap((type, i) => (type === SLIDING ? [i] : []))
  return layers.length > 0 ? { size: integer(file, json, 'sliding_window', WINDOW), layers } : null
}
