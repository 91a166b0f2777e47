/** A model's shape, read from a Hugging Face `config.json`. The file is untrusted: every number is checked. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { GpoError } from '@shared/errors'

export interface ModelConfig {
  readonly architecture: string
  readonly vocabSize: number
  readonly hiddenSize: number
  readonly intermediateSize: number
  readonly layers: number
  readonly heads: number
  readonly kvHeads: number
  readonly headDim: number
  readonly maxPositions: number
  readonly ropeTheta: number
  readonly rmsNormEps: number
  readonly tieWordEmbeddings: boolean
  readonly bosTokenId: number | null
  readonly eosTokenIds: readonly number[]
  readonly padTokenId: number | null
}

const ARCHITECTURES = ['LlamaForCausalLM'] as const

type Json = Readonly<Record<string, unknown>>

/** Parses a JSON object, naming the file in every error. */
export function readJsonObject(file: string): Json {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new GpoError(
      'model',
      `${file} could not be read (${(error as NodeJS.ErrnoException).code ?? error}): is this the folder of a model?`,
    )
  }
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json
  } catch {
    // said below
  }
  throw new GpoError('model', `${file} is not a JSON object: copy or download it again`)
}

const describe = (value: unknown) => JSON.stringify(value)?.slice(0, 200) ?? 'not there'

function number(
  file: string,
  json: Json,
  key: string,
  { min, max, fallback }: { min: number; max: number; fallback?: number },
): number {
  const value = json[key] ?? fallback
  if (typeof value === 'number' && Number.isFinite(value) && value >= min && value <= max) return value
  throw new GpoError('model', `${file}: "${key}" is ${describe(json[key])}, expected a number from ${min} to ${max}`)
}

function integer(
  file: string,
  json: Json,
  key: string,
  range: { min: number; max: number; fallback?: number },
): number {
  const value = number(file, json, key, range)
  if (Number.isInteger(value)) return value
  throw new GpoError('model', `${file}: "${key}" is ${value}, expected a whole number`)
}

/** The ids under a key: a number, a list of numbers, or none (absent, null, or -1, which older files write). */
function tokenIds(file: string, json: Json, key: string, vocabSize: number): number[] {
  const value = json[key] ?? []
  const list: unknown[] = Array.isArray(value) ? value : [value]
  for (const id of list) {
    if (Number.isInteger(id) && (id as number) < vocabSize) continue
    throw new GpoError(
      'model',
      `${file}: "${key}" is ${describe(value)}, expected whole numbers below "vocab_size" ${vocabSize}`,
    )
  }
  return (list as number[]).filter((id) => id >= 0)
}

function flag(file: string, json: Json, key: string): boolean {
  const value = json[key] ?? false
  if (typeof value === 'boolean') return value
  throw new GpoError('model', `${file}: "${key}" is ${describe(value)}, expected true or false`)
}

function knownArchitecture(file: string, json: Json): string {
  const names = Array.isArray(json['architectures']) ? json['architectures'].map(String) : []
  const architecture = names.find((name) => (ARCHITECTURES as readonly string[]).includes(name))
  if (architecture) return architecture
  throw new GpoError(
    'model',
    `${file}: the architecture ${names.join(', ').slice(0, 200) || '(none given)'} is not known; known: ${ARCHITECTURES.join(', ')}`,
  )
}

/** What would change the computation and is not implemented is refused, not ignored. */
function refuseUnsupported(file: string, json: Json): void {
  for (const key of ['rope_scaling', 'attention_bias', 'mlp_bias', 'quantization_config']) {
    if (json[key])
      throw new GpoError(
        'model',
        `${file}: "${key}" is ${describe(json[key])}, which is not supported; only models without it are`,
      )
  }
  const activation = json['hidden_act'] ?? 'silu'
  if (activation !== 'silu')
    throw new GpoError('model', `${file}: "hidden_act" is ${describe(activation)}, only "silu" is supported`)
}

/** Older files have "rope_theta", newer ones {"rope_parameters": {"rope_type": "default", "rope_theta": …}}. */
function readRopeTheta(file: string, json: Json): number {
  const range = { min: 1, max: 1e12, fallback: 10_000 }
  const nested = json['rope_parameters']
  if (nested === undefined || nested === null) return number(file, json, 'rope_theta', range)
  const { rope_type: type, rope_theta: theta, ...others } = Object(nested) as Record<string, unknown>
  if (typeof nested !== 'object' || (type ?? 'default') !== 'default' || Object.keys(others).length > 0) {
    throw new GpoError(
      'model',
      `${file}: "rope_parameters" is ${describe(nested)}; only the "default" type with a "rope_theta" is supported`,
    )
  }
  return number(file, { rope_theta: theta ?? json['rope_theta'] }, 'rope_theta', range)
}

function readHeads(file: string, json: Json, hiddenSize: number) {
  const heads = integer(file, json, 'num_attention_heads', { min: 1, max: 4096 })
  const kvHeads = integer(file, json, 'num_key_value_heads', { min: 1, max: 4096, fallback: heads })
  const given = json['head_dim'] ?? null
  if (given === null && hiddenSize % heads !== 0) {
    throw new GpoError(
      'model',
      `${file}: "hidden_size" ${hiddenSize} is not a multiple of "num_attention_heads" ${heads}`,
    )
  }
  const headDim = given === null ? hiddenSize / heads : integer(file, json, 'head_dim', { min: 1, max: 4096 })
  if (heads % kvHeads !== 0) {
    throw new GpoError(
      'model',
      `${file}: "num_attention_heads" ${heads} is not a multiple of "num_key_value_heads" ${kvHeads}`,
    )
  }
  if (headDim % 2 !== 0)
    throw new GpoError('model', `${file}: heads of ${headDim} numbers cannot be rotated, the size must be even`)
  return { heads, kvHeads, headDim }
}

/** @throws GpoError('model') naming file, key and value */
export function readModelConfig(folder: string): ModelConfig {
  const file = join(folder, 'config.json')
  const json = readJsonObject(file)
  const architecture = knownArchitecture(file, json)
  refuseUnsupported(file, json)
  const size = (key: string, max: number, fallback?: number) => integer(file, json, key, { min: 1, max, fallback })
  const hiddenSize = size('hidden_size', 1 << 17)
  const vocabSize = size('vocab_size', 1 << 24)
  return {
    architecture,
    vocabSize,
    hiddenSize,
    intermediateSize: size('intermediate_size', 1 << 20),
    layers: size('num_hidden_layers', 1024),
    ...readHeads(file, json, hiddenSize),
    maxPositions: size('max_position_embeddings', 1 << 24, 2048),
    ropeTheta: readRopeTheta(file, json),
    rmsNormEps: number(file, json, 'rms_norm_eps', { min: 0, max: 1, fallback: 1e-6 }),
    tieWordEmbeddings: flag(file, json, 'tie_word_embeddings'),
    bosTokenId: tokenIds(file, json, 'bos_token_id', vocabSize)[0] ?? null,
    eosTokenIds: tokenIds(file, json, 'eos_token_id', vocabSize),
    padTokenId: tokenIds(file, json, 'pad_token_id', vocabSize)[0] ?? null,
  }
}
