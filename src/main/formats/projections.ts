/** The matrices of a layer: what they are called, and which of them a checkpoint stores as one. */
import { GpoError } from '@shared/errors'

/** The seven matrices of a layer. */
export const ATTENTION_PROJECTIONS = ['q_proj', 'k_proj', 'v_proj', 'o_proj'] as const
export const MLP_PROJECTIONS = ['gate_proj', 'up_proj', 'down_proj'] as const
export type Projection = (typeof ATTENTION_PROJECTIONS)[number] | (typeof MLP_PROJECTIONS)[number]

/** Matrices of Phi-3 that hold several of the seven, their rows one after the other. */
export const FUSED_PROJECTIONS = {
  qkv_proj: ['q_proj', 'k_proj', 'v_proj'],
  gate_up_proj: ['gate_proj', 'up_proj'],
} as const
type FusedProjection = keyof typeof FUSED_PROJECTIONS
export type StoredProjection = Projection | FusedProjection

const FUSED_NAMES = Object.keys(FUSED_PROJECTIONS) as FusedProjection[]
const ATTENTION_NAMES: readonly string[] = [...ATTENTION_PROJECTIONS, 'qkv_proj']

/** The name a matrix has in a checkpoint, without `.weight`. */
export function projectionName(layer: number, projection: StoredProjection): string {
  return `model.layers.${layer}.${ATTENTION_NAMES.includes(projection) ? 'self_attn' : 'mlp'}.${projection}`
}

export interface LayerShape {
  readonly hiddenSize: number
  readonly intermediateSize: number
  readonly heads: number
  readonly kvHeads: number
  readonly headDim: number
  /** q, k and v are one matrix, and gate and up. Absent: no. */
  readonly isFused?: boolean
}

/** [out, in] of each matrix that a layer's checkpoint has, in its order. */
export function projectionShapes(shape: LayerShape): Map<StoredProjection, readonly [number, number]> {
  const { hiddenSize: d, intermediateSize: f, headDim } = shape
  const [q, kv] = [shape.heads * headDim, shape.kvHeads * headDim]
  if (shape.isFused)
    return new Map([
      ['qkv_proj', [q + 2 * kv, d]],
      ['o_proj', [d, q]],
      ['gate_up_proj', [2 * f, d]],
      ['down_proj', [d, f]],
    ])
  return new Map([
    ['q_proj', [q, d]],
    ['k_proj', [kv, d]],
    ['v_proj', [kv, d]],
    ['o_proj', [d, q]],
    ['gate_proj', [f, d]],
    ['up_proj', [f, d]],
    ['down_proj', [d, f]],
  ])
}

/**
 * The matrices that targets stand for in a checkpoint: itself, or the one that holds it.
 * @throws GpoError('plan') for a part of a matrix without the others
 */
export function storedTargets(targets: readonly Projection[], isFused: boolean): StoredProjection[] {
  if (!isFused) return [...targets]
  const whole = new Map<Projection, FusedProjection>()
  for (const name of FUSED_NAMES) {
    const parts: readonly Projection[] = FUSED_PROJECTIONS[name]
    const missing = parts.filter((part) => !targets.includes(part))
    if (missing.length === parts.length) continue
    if (missing.length > 0)
      throw new GpoError(
        'plan',
        `adaptation.targets is ${targets.join(', ')}, but ${parts.join(', ')} are one matrix of this model (${name}): add ${missing.join(', ')}, or leave all of them out`,
      )
    for (const part of parts) whole.set(part, name)
  }
  return [...new Set(targets.map((target) => whole.get(target) ?? target))]
}
