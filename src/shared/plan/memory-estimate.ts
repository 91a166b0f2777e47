/**
 * How much memory each phase of a plan needs, from the model's shape alone. Pure, in bytes; every number is a float32 except those of a 16- or
 * 8-bit base. An estimate: what the formulas leave out (the runtime's own buffers, fragments) is in OVERHEAD. Measured: docs/benchmarks.md.
 *
 * Notation: P parameters, T trained ones, D hidden size, I intermediate size, L layers, H heads of size h, K key heads, V vocabulary, M tokens of
 * a microbatch, S tokens of a sequence.
 */
import {
  LENGTH_BUCKET,
  LOGITS_AT_ONCE,
  lanesFor,
  PREFILL_ROWS,
  PREFILL_TOKENS,
  QUERIES_AT_ONCE,
  roundUp,
  UPDATED_AT_ONCE,
  WIDENED_AT_ONCE,
} from '../engine-limits'
import { isGuided, isTraining } from '../method/guided'
import { isPairwise } from '../method/offline'
import { usesReference } from '../method/reference'
import type { LORA_TARGETS, Plan } from '../schemas/plan'
import { isEvaluated } from './evaluated'

/** The fields of a model's config.json that decide memory. */
export interface ModelShape {
  readonly parameters: number
  readonly hiddenSize: number
  readonly intermediateSize: number
  readonly layers: number
  readonly heads: number
  readonly kvHeads: number
  readonly headDim: number
  readonly vocabSize: number
  /** What some families do besides, under the names of `ModelConfig`; absent: as Llama. */
  readonly isFused?: boolean | undefined
  readonly norms?: 'around' | 'after' | undefined
  readonly attentionSoftcap?: number | undefined
  readonly logitSoftcap?: number | undefined
  /** Longest sequence, in positions. */
  readonly context: number
}

export interface MemoryPart {
  readonly label: string
  readonly bytes: number
}

export interface MemoryPhase {
  readonly phase: 'sampling' | 'values' | 'gradients' | 'optimiser'
  readonly parts: readonly MemoryPart[]
  readonly total: number
}

const FLOAT = 4
/** Bytes of a weight of the frozen base. */
const BASE_BYTES = { float32: 4, float16: 2, int8: 1 } as const
/** The program itself with its libraries and compiled graphs. */
const OVERHEAD = 250e6
/** Temporary tensors of that size in an optimiser step. */
const STEP_TENSORS = 6

type Projection = (typeof LORA_TARGETS)[number]

/** [rows, columns] of each projection of a layer. */
const projections = (shape: ModelShape): Readonly<Record<Projection, readonly [number, number]>> => {
  const { hiddenSize: d, intermediateSize: i, heads, kvHeads, headDim } = shape
  const [q, kv] = [heads * headDim, kvHeads * headDim]
  return {
    q_proj: [q, d],
    k_proj: [kv, d],
    v_proj: [kv, d],
    o_proj: [d, q],
    gate_proj: [i, d],
    up_proj: [i, d],
    down_proj: [d, i],
  }
}

/** Projections that one adapter covers where a checkpoint has them as one matrix. */
const FUSED: readonly (readonly Projection[])[] = [
  ['q_proj', 'k_proj', 'v_proj'],
  ['gate_proj', 'up_proj'],
]

/** rows + columns of the adapters of a layer. */
function adapterWidths(shape: ModelShape, targets: readonly Projection[]): number {
  const sizes = projections(shape)
  const rows = targets.reduce((sum, name) => sum + sizes[name][0], 0)
  const isFirst = (name: Projection) =>
    !shape.isFused ||
    FUSED.every((group) => !group.includes(name) || group.find((one) => targets.includes(one)) === name)
  return rows + targets.filter(isFirst).reduce((sum, name) => sum + sizes[name][1], 0)
}

/** T: all, or r (rows + columns) for each adapted matrix; with PPO one value head, D + 1. */
export function trainedParameters(plan: Plan, shape: ModelShape): number {
  const { adaptation, objective } = plan
  const head = objective.kind === 'ppo' ? shape.hiddenSize + 1 : 0
  if (adaptation.kind === 'full') return shape.parameters + head
  return shape.layers * adaptation.r * adapterWidths(shape, adaptation.targets) + head
}

/** Full fine-tuning keeps a copy of the start where the objective compares with it; LoRA has it without a copy. */
export const keepsReference = ({ objective, adaptation }: Plan): boolean =>
  adaptation.kind === 'full' && usesReference(objective)

const isNarrow = ({ adaptation }: Plan): boolean => adaptation.kind === 'lora' && adaptation.base !== 'float32'

/**
 * For decoding and scoring, adapters are merged into copies of their matrices, except with a 16- or 8-bit base. SFT without evaluation does
 * neither.
 */
const mergesAdapters = (plan: Plan): boolean =>
  plan.adaptation.kind === 'lora' && !isNarrow(plan) && (plan.objective.kind !== 'sft' || isEvaluated(plan))

/** Memory held in every phase: weights, reference, merged adapters, AdamW's two moments (8 T). */
function standing(plan: Plan, shape: ModelShape): MemoryPart[] {
  const trained = FLOAT * trainedParameters(plan, shape)
  const weights = (plan.adaptation.kind === 'lora' ? BASE_BYTES[plan.adaptation.base] : FLOAT) * shape.parameters
  const parts = [
    { label: 'program', bytes: OVERHEAD },
    { label: 'weights', bytes: plan.adaptation.kind === 'full' ? trained : weights + trained },
  ]
  if (keepsReference(plan)) parts.push({ label: 'reference model', bytes: weights })
  if (plan.adaptation.kind === 'lora' && mergesAdapters(plan)) {
    const sizes = projections(shape)
    const merged = plan.adaptation.targets.reduce((sum, name) => sum + sizes[name][0] * sizes[name][1], 0)
    parts.push({ label: 'merged adapters', bytes: FLOAT * shape.layers * merged })
  }
  return isTraining(plan) ? [...parts, { label: 'optimiser', bytes: 2 * trained }] : parts
}

/** Keys and values of one token, all layers: 2 L K h. */
const kvFloats = ({ layers, kvHeads, headDim }: ModelShape) => 2 * layers * kvHeads * headDim

const isInParts = (length: number): boolean => length > QUERIES_AT_ONCE

/**
 * What a forward pass keeps of a token in one layer for the gradient: input and two normed copies, the middle (4 D); queries and the mixed heads, as
 * they were and side by side (3 H h); keys and values (2 K h); gate, its sigmoid, both multiplied, up and the product (5 I); attention weights over S
 * keys (H S), but for longer sequences, where they are computed again. Norms around both parts keep what leaves them (2 D); a cap keeps its scores (H S).
 */
const layerFloats = (shape: ModelShape, length: number): number =>
  (shape.norms === 'around' ? 6 : 4) * shape.hiddenSize +
  3 * shape.heads * shape.headDim +
  2 * shape.kvHeads * shape.headDim +
  5 * shape.intermediateSize +
  (isInParts(length) ? 0 : (shape.attentionSoftcap === undefined ? 1 : 2) * shape.heads * length)

/**
 * Longer sequences: each part of 512 queries has scores as wide as its last key, three times; buffers of different widths do not replace each
 * other, so they add up to S (S + 512) / 2 for a head. Masks in the same widths, H / K rows a query, are constants of the program.
 */
function scoresInParts({ heads, kvHeads }: ModelShape, tokens: number, length: number): number {
  if (!isInParts(length)) return 0
  const widths = (length * (length + QUERIES_AT_ONCE)) / 2
  return widths * (3 * heads * Math.ceil(tokens / length) + heads / kvHeads)
}

/** Most rollouts decoded in a phase, those of an evaluation apart. */
function sequencesOf(plan: Plan, isValues: boolean): number {
  const { promptsPerIteration: prompts, trainedPerPrompt } = plan.budget
  const { samples, segmentation } = plan.gpo
  if (isValues) return prompts * segmentation.maxSteps * samples
  const isWhole = !isGuided(plan) || plan.gpo.when === 'decided' || plan.gpo.startMix > 0 || plan.gpo.mode === 'repair'
  const isOnePerPrompt = isPairwise(plan.objective.kind) || !isWhole
  return isOnePerPrompt ? prompts : prompts * trainedPerPrompt
}

/** Keys and values of the lanes that a phase decodes in; an evaluation has as many as it has rows, if the plan allows. */
function laneCache(plan: Plan, shape: ModelShape, promptTokens: number, isValues: boolean): number {
  const length = Math.min(shape.context, promptTokens + plan.rollout.maxNewTokens)
  const rows = !isValues && isEvaluated(plan) ? plan.evaluation.limit : 0
  const lanes = lanesFor(Math.max(sequencesOf(plan, isValues), rows), plan.rollout.lanes)
  return FLOAT * lanes * roundUp(length, LENGTH_BUCKET) * kvFloats(shape)
}

/** Keys, values and a hidden vector of each token of each trajectory, kept to continue from. */
function keptPrefixes(plan: Plan, shape: ModelShape, promptTokens: number): MemoryPart {
  const length = Math.min(shape.context, promptTokens + plan.rollout.maxNewTokens)
  const tokens = sequencesOf(plan, false) * length
  return { label: 'kept prefixes', bytes: FLOAT * tokens * (kvFloats(shape) + shape.hiddenSize) }
}

/**
 * Lanes × S × 2 L K h for the cache; the same and a hidden vector for each token of each trajectory that is kept to continue from; lanes × V for
 * the probabilities, three times; a prefill of at most 8,192 tokens in front.
 */
function samplingParts(plan: Plan, shape: ModelShape, promptTokens: number, isValues: boolean): MemoryPart[] {
  const lanes = lanesFor(sequencesOf(plan, isValues), plan.rollout.lanes)
  const prefill = Math.min(PREFILL_TOKENS, PREFILL_ROWS * roundUp(promptTokens, LENGTH_BUCKET))
  const passing = isValues ? 0 : prefill * (kvFloats(shape) + layerFloats(shape, roundUp(promptTokens, LENGTH_BUCKET)))
  return [
    { label: 'keys and values', bytes: laneCache(plan, shape, promptTokens, isValues) },
    keptPrefixes(plan, shape, promptTokens),
    { label: 'passes', bytes: FLOAT * Math.max(passing, 3 * lanes * shape.vocabSize + lanes * layerFloats(shape, 0)) },
  ]
}

/** Padded tokens of a microbatch: a longer unit (a sequence, or a pair) gets its own. */
export function microbatchTokens(plan: Plan, promptTokens: number, completionTokens: number): number {
  const rows = isPairwise(plan.objective.kind) ? 2 : 1
  const unit = rows * roundUp(promptTokens + completionTokens, LENGTH_BUCKET)
  return Math.max(unit, Math.floor(plan.budget.microbatchTokens / unit) * unit)
}

/** The largest matrix: the embedding, or a projection of the feed-forward part. */
const largestMatrix = ({ vocabSize, hiddenSize, intermediateSize }: ModelShape): number =>
  hiddenSize * Math.max(vocabSize, intermediateSize)

/**
 * Activations: M × L × what a layer keeps, or with recomputed layers M × (L D + one layer), and one layer's gradients besides; logits M × V three
 * times (four where they are capped), at most 128 MiB each when they are made in parts.
 * Gradients: T, twice while microbatches are added up. Beside a narrow base: some rows of a matrix, widened.
 */
function updateParts(plan: Plan, shape: ModelShape, promptTokens: number, completionTokens: number): MemoryPart[] {
  const tokens = microbatchTokens(plan, promptTokens, completionTokens)
  const length = roundUp(promptTokens + completionTokens, LENGTH_BUCKET)
  const layer = layerFloats(shape, length)
  const kept = plan.budget.recomputeLayers ? shape.layers * shape.hiddenSize + layer : shape.layers * layer
  const scores = scoresInParts(shape, tokens, length)
  const logits = (shape.logitSoftcap === undefined ? 3 : 4) * Math.min(tokens * shape.vocabSize, LOGITS_AT_ONCE)
  // Where the embedding is trained, rows that are added to it, with an id for each of their numbers, for embedding and head; parts of the head's
  // gradient until they are summed.
  const isInRows = tokens * shape.vocabSize > LOGITS_AT_ONCE
  const ofEmbedding =
    plan.adaptation.kind === 'full'
      ? 4 * tokens * shape.hiddenSize + (isInRows ? 2 : 0) * shape.vocabSize * shape.hiddenSize
      : 0
  const parts = [
    {
      label: 'activations',
      bytes: FLOAT * (tokens * (kept + layer + 2 * shape.hiddenSize) + scores + logits + ofEmbedding),
    },
    { label: 'gradients', bytes: 2 * FLOAT * trainedParameters(plan, shape) },
  ]
  if (!isNarrow(plan)) return parts
  return [...parts, { label: 'widened rows', bytes: FLOAT * Math.min(largestMatrix(shape), WIDENED_AT_ONCE) }]
}

const phase = (name: MemoryPhase['phase'], parts: readonly MemoryPart[]): MemoryPhase => ({
  phase: name,
  parts,
  total: parts.reduce((sum, { bytes }) => sum + bytes, 0),
})

/**
 * @param promptTokens of the longest prompt
 * @param completionTokens of the longest completion that is trained on: sampled ones may be as long as the plan allows
 */
export function memoryEstimate(
  plan: Plan,
  shape: ModelShape,
  { promptTokens, completionTokens }: { readonly promptTokens: number; readonly completionTokens: number },
): MemoryPhase[] {
  const always = standing(plan, shape)
  const trained = FLOAT * trainedParameters(plan, shape)
  const isSampling = plan.objective.kind !== 'sft'
  // An iteration's prefixes are kept until it ends; the lanes' keys and values until they are collected, which is seldom before the update.
  const lanes = [false, ...(isGuided(plan) ? [true] : [])].map((isValues) =>
    laneCache(plan, shape, promptTokens, isValues),
  )
  const kept = isSampling
    ? [
        keptPrefixes(plan, shape, promptTokens),
        { label: 'keys and values, not yet collected', bytes: Math.max(...lanes) },
      ]
    : []
  const sampling = [
    ...(isSampling ? [phase('sampling', [...always, ...samplingParts(plan, shape, promptTokens, false)])] : []),
    ...(isGuided(plan) ? [phase('values', [...always, ...samplingParts(plan, shape, promptTokens, true)])] : []),
  ]
  if (!isTraining(plan)) return sampling
  return [
    ...sampling,
    phase('gradients', [...always, ...kept, ...updateParts(plan, shape, promptTokens, completionTokens)]),
    // AdamW overwrites the old values, some at a time.
    phase('optimiser', [
      ...always,
      ...kept,
      { label: 'gradients', bytes: trained },
      { label: 'new parameters and moments', bytes: STEP_TENSORS * Math.min(trained, FLOAT * UPDATED_AT_ONCE) },
    ]),
  ]
}
