/** How a `config.json` says that queries and keys are rotated. */
import { GpoError } from '@shared/errors'
import { describe, type Json, number } from './config-json'

/** Frequencies are divided by `factor`: all of them (linear), or the slow ones (llama3, with a smooth passage between). */
export type RopeScaling =
  | { readonly kind: 'linear'; readonly factor: number }
  | {
      readonly kind: 'llama3'
      readonly factor: number
      readonly lowFreqFactor: number
      readonly highFreqFactor: number
      readonly originalMaxPositions: number
    }

export interface RopeConfig {
  readonly theta: number
  readonly scaling: RopeScaling | null
}

const FACTOR = { min: 1, max: 1e6 }
const THETA = { min: 1, max: 1e12, fallback: 10_000 }

/**
 * Older files have "rope_theta" and "rope_scaling": {"type" or "rope_type", "factor", …}, newer ones "rope_parameters" with all of it. The type
 * `dynamic` only acts beyond `max_position_embeddings`, where no sequence is allowed to go, so it is as good as none.
 */
export function readRope(file: string, json: Json): RopeConfig {
  const key = json['rope_parameters'] ? 'rope_parameters' : 'rope_scaling'
  const given = json[key] ?? {}
  if (typeof given !== 'object' || Array.isArray(given)) throw unsupported(file, key, given)
  const nested = given as Json
  const theta = number(file, { rope_theta: nested['rope_theta'] ?? json['rope_theta'] }, 'rope_theta', THETA)
  const type = nested['rope_type'] ?? nested['type'] ?? 'default'
  const factor = () => number(file, nested, 'factor', FACTOR)
  if (type === 'default' || type === 'dynamic') return { theta, scaling: null }
  if (type === 'linear') return { theta, scaling: { kind: 'linear', factor: factor() } }
  if (type !== 'llama3') throw unsupported(file, key, given)
  const original = { min: 1, max: 1 << 24 }
  return {
    theta,
    scaling: {
      kind: 'llama3',
      factor: factor(),
      lowFreqFactor: number(file, nested, 'low_freq_factor', { min: 1e-3, max: 1e6 }),
      highFreqFactor: number(file, nested, 'high_freq_factor', { min: 1e-3, max: 1e6 }),
      originalMaxPositions: number(file, nested, 'original_max_position_embeddings', original),
    },
  }
}

function unsupported(file: string, key: string, value: unknown): GpoError {
  const known = 'default, linear, dynamic and llama3 are supported'
  return new GpoError('model', `${file}: "${key}" is ${describe(value)}; of the types of rotation, ${known}`)
}
