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

function number(
  file: string,
  json: Json,
  key: string,
  { min, max, fallback }: { min: number; max: number; fallback?: number },
): number {
  const value = json[key] ?? fallback
  if (typeof value === 'number' && Number.isFinite(value) && value >= min && value <= max) return value
  throw new GpoError(
    'model',
    `${file}: "${key}" is ${JSON.stringify(json[key])}, expected a number from ${min} to ${max}`,
  )
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

function tokenIds(value: unknown): number[] {
  const list = Array.isArray(value) ? value : value === null || value === undefined ? [] : [value]
  return list.filter((id): id is number => Number.isInteger(id) && id >= 0)
}

function refuseUnknown(file: string, json: Json): string {
  const names = Array.isArray(json['architectures']) ? json['architectures'].map(String) : []
  const architecture = names.find((name) => (ARCHITECTURES as readonly string[]).includes(name))
  if (!architecture) {
    throw new GpoError(
      'model',
      `${file}: the architecture ${names.join(', ') || '(none given)'} is not known; known: ${ARCHITECTURES.join(', ')}`,
    )
  }
  for (const key of ['rope_scaling', 'attention_bias', 'mlp_bias']) {
    if (json[key])
      throw new GpoError(
        'model',
        `${file}: "${key}" is ${JSON.stringify(json[key])}, which is not supported; only models without it are`,
      )
  }
  const activation = json['hidden_act'] ?? 'silu'
  if (activation !== 'silu')
    throw new GpoError('model', `${file}: "hidden_act" is ${JSON.stringify(activation)}, only "silu" is supported`)
  return architecture
}

/** @throws GpoError('model') naming file, key and value */
export function readModelConfig(folder: string): ModelConfig {
  const file = join(folder, 'config.json')
  const json = readJsonObject(file)
  const architecture = refuseUnknown(file, json)
  const size = (key: string, max: number, fallback?: number) => integer(file, json, key, { min: 1, max, fallback })
  const hiddenSize = size('hidden_size', 1 << 17)
  const heads = size('num_attention_heads', 4096)
  const kvHeads = size('num_key_value_heads', 4096, heads)
  const headDim = size('head_dim', 4096, Math.floor(hiddenSize / heads))
  if (json['head_dim'] === undefined && hiddenSize % heads !== 0) {
    throw new GpoError(
      'model',
      `${file}: "hidden_size" ${hiddenSize} is not a multiple of "num_attention_heads" ${heads}`,
    )
  }
  if (heads % kvHeads !== 0) {
    throw new GpoError(
      'model',
      `${file}: "num_attention_heads" ${heads} is not a multiple of "num_key_value_heads" ${kvHeads}`,
    )
  }
  if (headDim % 2 !== 0)
    throw new GpoError('model', `${file}: heads of ${headDim} numbers cannot be rotated, the size must be even`)
  return {
    architecture,
    vocabSize: size('vocab_size', 1 << 24),
    hiddenSize,
    intermediateSize: size('intermediate_size', 1 << 20),
    layers: size('num_hidden_layers', 1024),
    heads,
    kvHeads,
    headDim,
    maxPositions: size('max_position_embeddings', 1 << 24, 2048),
    ropeTheta: number(file, json, 'rope_theta', { min: 1, max: 1e12, fallback: 10_000 }),
    rmsNormEps: number(file, json, 'rms_norm_eps', { min: 0, max: 1, fallback: 1e-6 }),
    tieWordEmbeddings: json['tie_word_embeddings'] === true,
    bosTokenId: tokenIds(json['bos_token_id'])[0] ?? null,
    eosTokenIds: tokenIds(json['eos_token_id']),
    padTokenId: tokenIds(json['pad_token_id'])[0] ?? null,
  }
}
