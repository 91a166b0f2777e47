/**
 * Phi-3, Phi-3.5 and Phi-4-mini (arXiv 2404.14219): q, k and v are one matrix and gate and up another, heads may be rotated in part, frequencies are
 * divided by numbers of their own (LongRoPE, arXiv 2402.13753).
 */
import { GpoError } from '@shared/errors'
import { describe, integer, type Json, number } from '../config-json'
import { type RopeScaling, ropeSettings, THETA } from '../rope-config'
import type { Family, Rotations } from './features'
import { LLAMA_DEFAULTS, mistral } from './llama'

const POSITIONS = { min: 1, max: 1 << 24 }
const SCALE = { min: 1e-3, max: 1e3 }

/** How many numbers of a head are rotated. */
function rotaryDim(file: string, json: Json, settings: Json): { readonly dim: number; readonly isPart: boolean } {
  const heads = integer(file, json, 'num_attention_heads', { min: 1, max: 4096 })
  const width = integer(file, json, 'hidden_size', { min: 1, max: 1 << 17 })
  const headDim = integer(file, json, 'head_dim', { min: 1, max: 4096, fallback: Math.floor(width / heads) })
  const part = settings['partial_rotary_factor'] ?? json['partial_rotary_factor'] ?? 1
  const factor = number(file, { partial_rotary_factor: part }, 'partial_rotary_factor', { min: 0, max: 1 })
  const dim = Math.trunc(headDim * factor)
  if (dim >= 2 && dim % 2 === 0) return { dim, isPart: dim < headDim }
  const found = `${factor}: ${dim} of a head's ${headDim} numbers`
  throw new GpoError('model', `${file}: "partial_rotary_factor" is ${found} cannot be rotated in pairs`)
}

/** One divisor for each pair. */
function divisors(file: string, settings: Json, key: string, count: number): readonly number[] {
  const value = settings[key]
  const isGood = (one: unknown) => typeof one === 'number' && one >= SCALE.min && one <= SCALE.max
  if (Array.isArray(value) && value.length === count && value.every(isGood)) return value
  const wanted = `${count} numbers from ${SCALE.min} to ${SCALE.max}`
  throw new GpoError('model', `${file}: "${key}" is ${describe(value)}, expected ${wanted}`)
}

/** √(1 + ln(factor) / ln(original)), unless the file gives it. */
function attentionFactor(file: string, json: Json, settings: Json, original: number): number {
  const range = { min: 1e-3, max: 1e3 }
  if ((settings['attention_factor'] ?? null) !== null) return number(file, settings, 'attention_factor', range)
  const stretch = integer(file, json, 'max_position_embeddings', POSITIONS) / original
  const factor = number(file, settings, 'factor', { min: 1e-3, max: 1e6, fallback: stretch })
  return factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original))
}

function longrope(file: string, json: Json, settings: Json, pairs: number): RopeScaling {
  const original = integer(file, json, 'original_max_position_embeddings', { min: 2, max: POSITIONS.max })
  return {
    kind: 'longrope',
    shortFactor: divisors(file, settings, 'short_factor', pairs),
    longFactor: divisors(file, settings, 'long_factor', pairs),
    attentionFactor: attentionFactor(file, json, settings, original),
    originalMaxPositions: original,
  }
}

/** Older files call longrope `su` or `yarn`, as transformers knows. */
const LONGROPE: readonly unknown[] = ['longrope', 'su', 'yarn']

function rotations(file: string, json: Json): Rotations {
  const { key, settings } = ropeSettings(file, json)
  const type = settings['rope_type'] ?? settings['type'] ?? 'default'
  const theta = number(file, { rope_theta: settings['rope_theta'] ?? json['rope_theta'] }, 'rope_theta', THETA)
  const { dim, isPart } = rotaryDim(file, json, settings)
  if (type !== 'default' && !LONGROPE.includes(type))
    throw new GpoError(
      'model',
      `${file}: "${key}" is ${describe(settings)}; of its types, Phi-3 has default and longrope`,
    )
  const scaling = type === 'default' ? null : longrope(file, json, settings, dim / 2)
  return { theta, scaling, ...(isPart ? { rotaryDim: dim } : {}) }
}

export const phi3: Family = {
  ...mistral, // its window is that of every layer, too
  defaults: {
    ...LLAMA_DEFAULTS,
    max_position_embeddings: 4096,
    original_max_position_embeddings: 4096,
    rms_norm_eps: 1e-5,
    eos_token_id: 32_000,
    pad_token_id: 32_000,
  },
  features: () => ({ isFused: true }),
  rotations,
}
