/** How a `config.json` says that queries and keys are rotated. */
import { GpoError } from '@shared/errors'
import { describe, type Json, number } from './config-json'

/**
 * Frequencies are divided by `factor`: all of them (linear), or the slow ones (llama3, with a smooth passage between); or each by a number of its own
 * (longrope), of which there are two lists: for sequences up to `originalMaxPositions`, the only ones that are computed, and for longer ones.
 */
export type RopeScaling =
  | { readonly kind: 'linear'; readonly factor: number }
  | {
      readonly kind: 'llama3'
      readonly factor: number
      readonly lowFreqFactor: number
      readonly highFreqFactor: number
      readonly originalMaxPositions: number
    }
  | {
      readonly kind: 'longrope'
      /** One number for each rotated pair. */
      readonly shortFactor: readonly number[]
      readonly longFactor: readonly number[]
      /** What rotated queries and keys are multiplied by. */
      readonly attentionFactor: number
      readonly originalMaxPositions: number
    }

export interface RopeConfig {
  readonly theta: number
  readonly scaling: RopeScaling | null
  /** Numbers of a head that are rotated. Absent: all. */
  readonly rotaryDim?: number
}

const FACTOR = { min: 1, max: 1e6 }
export const THETA = { min: 1, max: 1e12 }
const POSITIONS = { min: 1, max: 1 << 24 }

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Keys of other models by which some layers or some numbers of a head are rotated in another way. */
const ELSEWHERE = [
  'rope_local_base_freq',
  'local_rope_theta',
  'global_rope_theta',
  'layer_rope_theta',
  'swa_rope_theta',
]

function refuseOtherLayers(file: string, json: Json): void {
  for (const key of ELSEWHERE)
    if ((json[key] ?? null) !== null)
      throw new GpoError(
        'model',
        `${file}: "${key}" is ${describe(json[key])}: layers with a rotation of their own are not supported`,
      )
}

function refusePartial(file: string, json: Json, nested: Json): void {
  const part = nested['partial_rotary_factor'] ?? json['partial_rotary_factor'] ?? 1
  if (part !== 1)
    throw new GpoError(
      'model',
      `${file}: "partial_rotary_factor" is ${describe(part)}: heads that are rotated in part are not supported`,
    )
}

/** "rope_scaling" of older files goes before "rope_parameters", as in transformers. @returns the key that counts and what it holds */
export function ropeSettings(file: string, json: Json) {
  const older = json['rope_scaling'] ?? null
  const isEmpty = older === null || (isObject(older) && Object.keys(older).length === 0)
  const key = isEmpty ? 'rope_parameters' : 'rope_scaling'
  const settings = json[key] ?? {}
  if (isObject(settings)) return { key, settings } as const
  throw unsupported(file, key, settings)
}

/** Settings that are given for each kind of layer: those of the kinds that the model has, where they are the same. */
function ofLayers(file: string, key: string, given: Json, types: readonly string[]): Json {
  const isByLayer = Object.values(given).some(isObject)
  if (!isByLayer) return given
  const used = [...new Set(types)].map((type) => given[type])
  const [first] = used
  if (isObject(first) && used.every((one) => JSON.stringify(one) === JSON.stringify(first))) return first
  throw new GpoError(
    'model',
    `${file}: "${key}" is ${describe(given)}: layers with a rotation of their own are not supported (this model has ${types.join(', ')})`,
  )
}

/**
 * Older files have "rope_theta" and "rope_scaling": {"type" or "rope_type", "factor", …}, newer ones "rope_parameters" with all of it. The type
 * `dynamic` only acts beyond `max_position_embeddings`, where no sequence is allowed to go, so it is as good as none.
 * @param json with the architecture's defaults
 * @param layerTypes the kinds of layers the model has
 */
export function readRope(file: string, json: Json, layerTypes: readonly string[]): RopeConfig {
  refuseOtherLayers(file, json)
  const { key, settings: given } = ropeSettings(file, json)
  const nested = ofLayers(file, key, given, [...new Set(layerTypes)])
  refusePartial(file, json, nested)
  const theta = number(file, { rope_theta: nested['rope_theta'] ?? json['rope_theta'] }, 'rope_theta', THETA)
  const type = nested['rope_type'] ?? nested['type'] ?? 'default'
  const factor = () => number(file, nested, 'factor', FACTOR)
  if (type === 'default' || type === 'dynamic') return { theta, scaling: null }
  if (type === 'linear') return { theta, scaling: { kind: 'linear', factor: factor() } }
  if (type !== 'llama3') throw unsupported(file, key, given)
  return {
    theta,
    scaling: {
      kind: 'llama3',
      factor: factor(),
      lowFreqFactor: number(file, nested, 'low_freq_factor', { min: 1e-3, max: 1e6 }),
      highFreqFactor: number(file, nested, 'high_freq_factor', { min: 1e-3, max: 1e6 }),
      originalMaxPositions: originalPositions(file, json, nested),
    },
  }
}

/** Positions the model was trained with before its context was stretched. */
function originalPositions(file: string, json: Json, nested: Json): number {
  const key = 'original_max_position_embeddings'
  return number(file, { [key]: json[key] ?? nested[key] ?? json['max_position_embeddings'] }, key, POSITIONS)
}

function unsupported(file: string, key: string, value: unknown): GpoError {
  const known = 'default, linear, dynamic and llama3 are supported'
  return new GpoError('model', `${file}: "${key}" is ${describe(value)}; of the types of rotation, ${known}`)
}
