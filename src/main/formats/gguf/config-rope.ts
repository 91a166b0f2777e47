/** How a GGUF file says that queries and keys are rotated, in the words of a `config.json`. */
import { GpoError } from '@shared/errors'
import type { Json } from '../config-json'
import { shown } from '../safetensors-header'
import { type Keys, shortest } from './keys'
import { readTensor } from './read-tensor'

/** Of Llama 3's rule; all of its models have these. */
const LOW = 1
const HIGH = 4
/** The context that Llama 3's models were first trained with. */
const ORIGINAL = 8192
/** Of a table in 32 bits. */
const CLOSE = 1e-5

const wavelengthOf = (pair: number, pairs: number, theta: number) => 2 * Math.PI * theta ** (pair / pairs)

/** What each pair's frequency is divided by, by Llama 3's rule (as in `rope-frequencies.ts`). */
function divisors(pairs: number, theta: number, factor: number, original: number): number[] {
  return Array.from({ length: pairs }, (_, i) => {
    const wavelength = wavelengthOf(i, pairs, theta)
    if (wavelength < original / HIGH) return 1
    if (wavelength > original / LOW) return factor
    const smooth = (original / wavelength - LOW) / (HIGH - LOW)
    return 1 / ((1 - smooth) / factor + smooth)
  })
}

/** First contexts that may have made a table: from each pair, what it would be if the pair were between slow and fast, or the first slow one. */
function originals(table: Float32Array, theta: number, factor: number): number[] {
  const found = [...table].map((divisor, i) => {
    const smooth = (1 / divisor - 1 / factor) / (1 - 1 / factor)
    return wavelengthOf(i, table.length, theta) * (smooth * (HIGH - LOW) + LOW)
  })
  return [ORIGINAL, ...new Set(found.flatMap((one) => [Math.round(one), Math.floor(one)])), 1].filter((one) => one >= 1)
}

/** llama.cpp keeps Llama 3's stretching as a table of divisors: the rule that made it. */
function fromTable({ model }: Keys, table: Float32Array, theta: number): Json | null {
  if (table.every((divisor) => divisor === 1)) return null
  const factor = shortest(Math.max(...table))
  const isMadeBy = (original: number) =>
    divisors(table.length, theta, factor, original).every((one, i) => Math.abs(one / table[i]! - 1) < CLOSE)
  const original = originals(table, theta, factor).find(isMadeBy)
  if (original !== undefined)
    return {
      rope_type: 'llama3',
      factor,
      low_freq_factor: LOW,
      high_freq_factor: HIGH,
      original_max_position_embeddings: original,
    }
  throw new GpoError(
    'model',
    `${model.path}: rope_freqs.weight has divisors from ${Math.min(...table)} to ${factor} that Llama 3's rule does not make: other rotations are not known`,
  )
}

const originalContext = (keys: Keys) =>
  keys.integer('rope.scaling.original_context_length', keys.integer('context_length'))

function yarn(keys: Keys): Json {
  return {
    rope_type: 'yarn',
    factor: keys.float('rope.scaling.factor'),
    original_max_position_embeddings: originalContext(keys),
    ...(keys.has('rope.scaling.attn_factor') ? { attention_factor: keys.float('rope.scaling.attn_factor') } : {}),
    ...(keys.has('rope.scaling.yarn_beta_fast') ? { beta_fast: keys.float('rope.scaling.yarn_beta_fast') } : {}),
    ...(keys.has('rope.scaling.yarn_beta_slow') ? { beta_slow: keys.float('rope.scaling.yarn_beta_slow') } : {}),
  }
}

/** Two tables of divisors: for short texts and for long ones. */
function longrope(keys: Keys): Json {
  const table = (name: string) => [...readTensor(keys.model, `rope_factors_${name}.weight`)]
  const type = { rope_type: 'longrope', short_factor: table('short'), long_factor: table('long') }
  return keys.has('rope.scaling.attn_factor')
    ? { ...type, attention_factor: keys.float('rope.scaling.attn_factor') }
    : type
}

const linear = (factor: number): Json | null => (factor === 1 ? null : { rope_type: 'linear', factor })

function scaling(keys: Keys, theta: number): Json | null {
  const { path, tensors, metadata } = keys.model
  if (tensors.has('rope_freqs.weight')) return fromTable(keys, readTensor(keys.model, 'rope_freqs.weight'), theta)
  if (tensors.has('rope_factors_short.weight')) return longrope(keys)
  const type = metadata.get(`${keys.architecture.name}.rope.scaling.type`) ?? 'none'
  if (type === 'none') return linear(keys.float('rope.scale_linear', 1))
  if (type === 'linear') return linear(keys.float('rope.scaling.factor'))
  if (type === 'yarn') return yarn(keys)
  throw new GpoError('model', `${path}: rope.scaling.type is ${shown(type)}; none, linear and yarn are known`)
}

/** Phi-3's config.json has its first context beside the tables. */
const original = (keys: Keys, scaled: Json | null): Json =>
  scaled?.['rope_type'] === 'longrope' ? { original_max_position_embeddings: originalContext(keys) } : {}

/** Numbers of a head that are rotated, where they are not all. */
function partial(keys: Keys): Json {
  const size = keys.integer(
    'attention.key_length',
    Math.floor(keys.integer('embedding_length') / keys.integer('attention.head_count')),
  )
  const rotated = keys.integer('rope.dimension_count', size)
  return rotated === size ? {} : { partial_rotary_factor: rotated / size }
}

export function rotation(keys: Keys): Json {
  const theta = keys.float('rope.freq_base', 10_000)
  const scaled = scaling(keys, theta)
  return { rope_theta: theta, rope_scaling: scaled, ...original(keys, scaled), ...partial(keys) }
}
