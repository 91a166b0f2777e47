/**
 * AdamW on host memory in one pass: `optim/adamw` without tensors between its operations, which are seven reads and writes of every parameter
 * instead of forty. The arithmetic is a WebAssembly kernel in float32 (kernel/adamw.wat); blocks of a parameter are copied to its memory, which
 * stays in the processor's cache, and back.
 */
import type { AdamWConfig } from './adamw'
import { NORM_EPSILON } from './clip'
import { ADAMW_MODULE } from './kernel/module'

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

interface Kernel {
  readonly memory: WebAssembly.Memory
  sumOfSquares(bytes: number): number
  update(bytes: number, ...constants: readonly number[]): void
}

/** Numbers of a block: 64 KiB, as the kernel has room for. */
const BLOCK = 2 ** 14

const compiled = new WebAssembly.Module(Buffer.from(ADAMW_MODULE, 'base64'))
const kernel = new WebAssembly.Instance(compiled).exports as unknown as Kernel // what adamw.wat exports
const memory = new Float32Array(kernel.memory.buffer)
const room = (index: number) => memory.subarray(index * BLOCK, (index + 1) * BLOCK)
const [VALUES, GRADS, M, V] = [room(0), room(1), room(2), room(3)]

/** Four numbers at a time; what is after the last one is not copied back. */
const bytesOf = (count: number) => 16 * Math.ceil(count / 4)

/** Σ x², in float64. */
export function sumOfSquares(values: Float32Array): number {
  let sum = 0
  for (let start = 0; start < values.length; start += BLOCK) {
    const block = values.subarray(start, start + BLOCK)
    VALUES.set(block)
    VALUES.fill(0, block.length, bytesOf(block.length) / 4)
    sum += kernel.sumOfSquares(bytesOf(block.length))
  }
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
  const pace = at.learningRate / (1 - beta1 ** step)
  const root = 1 / Math.sqrt(1 - beta2 ** step)
  const kept = decays ? 1 - at.learningRate * weightDecay : 1
  for (let start = 0; start < values.length; start += BLOCK) {
    const block = (array: Float32Array) => array.subarray(start, start + BLOCK)
    const count = block(values).length
    VALUES.set(block(values))
    GRADS.set(block(grads))
    M.set(block(m))
    V.set(block(v))
    kernel.update(bytesOf(count), clip, beta1, 1 - beta1, beta2, 1 - beta2, pace, root, epsilon, kept)
    values.set(VALUES.subarray(0, count), start)
    m.set(M.subarray(0, count), start)
    v.set(V.subarray(0, count), start)
  }
}
