/**
 * AdamW on host memory in one pass: `optim/adamw` without tensors between its operations, which are seven reads and writes of every parameter
 * instead of forty. Computed in float64, stored as float32.
 */
import type { AdamWConfig } from './adamw'
import { NORM_EPSILON } from './clip'

/** One parameter; all arrays have its length. */
export interface HostParameter {
  readonly values: Float32Array
  readonly grads: Float32Array
  readonly m: Float32Array
  readonly v: Float32Array
  /** Matrices decay, vectors do not. */
  readonly decays: boolean
}

export interface HostStep {
  /** The number of this update: 1 for the first one. */
  readonly step: number
  readonly learningRate: number
  /** Of all gradients together, before clipping. */
  readonly gradNorm: number
}

/** Σ x², in float64. */
export function sumOfSquares(values: Float32Array): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!
  return sum
}

/**
 * Clips, and overwrites values and moments: m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², θ ← θ − lr (m̂ / (√v̂ + ε) + decay · θ) (Loshchilov and
 * Hutter 2019, arXiv 1711.05101, algorithm 2). With c₁ = 1 − β₁ᵗ and c₂ = 1 − β₂ᵗ, m̂ / (√v̂ + ε) is (m / c₁) / (√v / √c₂ + ε).
 */
export function updateInPlace(config: AdamWConfig, parameter: HostParameter, { step, ...at }: HostStep): void {
  const { beta1, beta2, epsilon, weightDecay, maxGradNorm } = config
  const { values, grads, m, v, decays } = parameter
  const clip = maxGradNorm === 0 ? 1 : Math.min(1, maxGradNorm / (at.gradNorm + NORM_EPSILON))
  const pace = at.learningRate / -Math.expm1(step * Math.log(Math.max(beta1, 1e-30)))
  const root = 1 / Math.sqrt(-Math.expm1(step * Math.log(Math.max(beta2, 1e-30))))
  const kept = decays ? 1 - at.learningRate * weightDecay : 1
  const [rest1, rest2] = [1 - beta1, 1 - beta2]
  for (let i = 0; i < values.length; i++) {
    const g = grads[i]! * clip
    const mean = beta1 * m[i]! + rest1 * g
    const square = beta2 * v[i]! + rest2 * g * g
    m[i] = mean
    v[i] = square
    values[i] = kept * values[i]! - (pace * mean) / (Math.sqrt(square) * root + epsilon)
  }
}
