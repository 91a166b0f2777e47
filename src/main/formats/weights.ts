/** Which tensors a model has, and loading them with every name and shape checked first. */
import { GpoError } from '@shared/errors'
import { firstUnstorable } from './dtypes'
import type { BaseTensors, HostTensor, NarrowTensor } from './host-tensor'
import type { ModelConfig } from './model-config'
import { openModelFiles } from './model-files'
import { type BasePrecision, emptyNarrow, narrowRows } from './narrow-weights'
import { projectionName, projectionShapes } from './projections'
import { shown } from './safetensors-header'
import type { TensorReader } from './tensor-reader'
import { checkTiedHead, EMBEDDING, HEAD } from './tied-head'

/** Which vectors of width `hiddenSize` norm a layer, by where its norms are. */
const LAYER_NORMS = {
  before: ['input_layernorm', 'post_attention_layernorm'],
  after: ['post_attention_layernorm', 'post_feedforward_layernorm'],
  around: ['input_layernorm', 'post_attention_layernorm', 'pre_feedforward_layernorm', 'post_feedforward_layernorm'],
} as const

/** Names within a layer. */
function normShapes(config: ModelConfig): [string, readonly number[]][] {
  const { heads, kvHeads, headDim, qkNorm } = config
  const [q, k] = qkNorm === 'projection' ? [heads * headDim, kvHeads * headDim] : [headDim, headDim]
  const ofHeads: [string, readonly number[]][] = [
    ['self_attn.q_norm', [q]],
    ['self_attn.k_norm', [k]],
  ]
  const ofLayer = LAYER_NORMS[config.norms ?? 'before'].map((name): [string, readonly number[]] => [
    name,
    [config.hiddenSize],
  ])
  return [...(qkNorm ? ofHeads : []), ...ofLayer]
}

/** Names and shapes of a checkpoint; projections are [out, in]. */
export function expectedWeights(config: ModelConfig): Map<string, readonly number[]> {
  const { hiddenSize: d, vocabSize: v } = config
  const projections = projectionShapes(config)
  const shapes = new Map<string, readonly number[]>([[EMBEDDING, [v, d]]])
  for (let i = 0; i < config.layers; i++) {
    for (const [name, shape] of projections) shapes.set(`${projectionName(i, name)}.weight`, shape)
    for (const name of config.biases ?? []) shapes.set(`${projectionName(i, name)}.bias`, [projections.get(name)![0]])
    for (const [name, shape] of normShapes(config)) shapes.set(`model.layers.${i}.${name}.weight`, shape)
  }
  shapes.set('model.norm.weight', [d])
  if (!config.tieWordEmbeddings) shapes.set(HEAD, [v, d])
  return shapes
}

const bracketed = (shape: readonly number[]) => `[${shape.join(', ')}]`

/** Tensors in files that a model does not need: a tied head stored again, and rotary tables, which are computed here. */
const isHarmless = (name: string) => name === HEAD || name.endsWith('.rotary_emb.inv_freq')

function missing(folder: string, name: string, shape: readonly number[]): GpoError {
  const cure =
    name === HEAD
      ? 'its config.json does not tie the head to the embedding: set "tie_word_embeddings" to true if they are one, else download the model again'
      : `its config requires it as ${bracketed(shape)}: download the model again`
  return new GpoError('model', `${folder}: the tensor ${name} is missing; ${cure}`)
}

/** Biases, more layers or adapters that were left out would give another model's answers. */
function refuseExtra(folder: string, names: readonly string[]): void {
  if (names.length === 0) return
  const first = names.slice(0, 3).map(shown).join(', ')
  const rest = names.length > 3 ? ` and ${names.length - 3} more` : ''
  throw new GpoError(
    'model',
    `${folder} has tensors that its config does not describe: ${first}${rest}; use the config.json that belongs to these weights`,
  )
}

function checkWeights(folder: string, file: TensorReader, expected: ReadonlyMap<string, readonly number[]>): void {
  const names = new Set(file.names)
  for (const [name, shape] of expected) {
    if (!names.has(name)) throw missing(folder, name, shape)
    const found = file.info(name).shape
    if (bracketed(found) === bracketed(shape)) continue
    throw new GpoError(
      'model',
      `${folder}: ${name} has the wrong shape: expected ${bracketed(shape)} from its config, found ${bracketed(found)}`,
    )
  }
  refuseExtra(
    folder,
    file.names.filter((name) => !expected.has(name) && !isHarmless(name)),
  )
  if (!expected.has(HEAD)) checkTiedHead(folder, file)
}

export interface StoredWeights {
  readonly tensors: number
  /** Numbers the model has; a head tied to the embedding is counted once. */
  readonly parameters: number
  /** Dtypes they are stored in, as their files call them, and how many numbers each. */
  readonly dtypes: ReadonlyMap<string, number>
}

const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1)

/**
 * What a model's files hold, from their headers; no tensor is read but a tied head that is stored once more.
 * @throws GpoError('model') as `loadWeights`, values aside
 */
export function inspectWeights(folder: string, config: ModelConfig): StoredWeights {
  const expected = expectedWeights(config)
  const file = openModelFiles(folder).openTensors()
  try {
    checkWeights(folder, file, expected)
    const dtypes = new Map<string, number>()
    for (const [name, shape] of expected) {
      const { dtype } = file.info(name)
      dtypes.set(dtype, (dtypes.get(dtype) ?? 0) + sizeOf(shape))
    }
    const parameters = [...dtypes.values()].reduce((a, b) => a + b, 0)
    return { tensors: expected.size, parameters, dtypes }
  } finally {
    file.close()
  }
}

/** Numbers that are float32 at once while a matrix becomes narrow: 16 MiB. */
const FLOATS_AT_ONCE = 1 << 22

function readNarrow(
  folder: string,
  file: TensorReader,
  name: string,
  shape: readonly [number, number],
  precision: 'float16' | 'int8',
): NarrowTensor {
  const [rows, columns] = shape
  const target = emptyNarrow(shape, precision)
  const atOnce = Math.max(1, Math.floor(FLOATS_AT_ONCE / columns))
  for (let row = 0; row < rows; row += atOnce) {
    const values = file.readPart(name, row * columns, Math.min(atOnce, rows - row) * columns)
    const bad = precision === 'float16' ? firstUnstorable(values, 'F16') : -1
    if (bad >= 0)
      throw new GpoError(
        'model',
        `${folder}: ${name} holds ${values[bad]}, 16 bits reach only 65,504: keep this base in 8 or 32 bits (adaptation.base)`,
      )
    narrowRows(target, row, values)
  }
  return target
}

/**
 * A frozen base: matrices in the wanted precision, norms and biases as float32. Tensor by tensor, large ones in parts: no more than the result
 * and some megabytes are ever there.
 * @throws GpoError('model') as `loadWeights`; for a value that 16 bits cannot hold
 */
export function loadBase(folder: string, config: ModelConfig, precision: BasePrecision): BaseTensors {
  if (precision === 'float32') return loadWeights(folder, config)
  const expected = expectedWeights(config)
  const file = openModelFiles(folder).openTensors()
  try {
    checkWeights(folder, file, expected)
    const isMatrix = (shape: readonly number[]): shape is readonly [number, number] => shape.length === 2
    const read = (name: string, shape: readonly number[]) =>
      isMatrix(shape) ? readNarrow(folder, file, name, shape, precision) : { shape, data: file.read(name) }
    return new Map([...expected].map(([name, shape]) => [name, read(name, shape)]))
  } finally {
    file.close()
  }
}

/**
 * Every expected tensor as float32.
 * @throws GpoError('model') for a tensor that is missing, extra or of another shape, before any is read; for values that are not finite
 */
export function loadWeights(folder: string, config: ModelConfig): Map<string, HostTensor> {
  const expected = expectedWeights(config)
  const file = openModelFiles(folder).openTensors()
  try {
    checkWeights(folder, file, expected)
    return new Map([...expected].map(([name, shape]) => [name, { shape, data: file.read(name) }]))
  } finally {
    file.close()
  }
}
