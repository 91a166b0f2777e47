/** How fast each pair of numbers is rotated. Plain arithmetic: exports need it too. */
import type { ModelConfig } from './model-config'

export type RopeShape = Pick<ModelConfig, 'headDim' | 'ropeTheta' | 'ropeScaling' | 'rotaryDim'>

/** How a layer rotates: as the others, or as the layers with a window. */
export function ropeOfLayer(config: ModelConfig, layer: number): RopeShape {
  const own = config.window?.layers.includes(layer) ? config.window.rope : undefined
  if (!own) return config
  const { headDim } = config
  return { headDim, ropeTheta: own.theta, ...(own.scaling ? { ropeScaling: own.scaling } : {}) }
}

/**
 * Radians per position of each rotated pair of numbers, R/2 of them for R rotated ones: θ^(−2i/R), stretched for longer contexts as the checkpoint was
 * trained. Slow frequencies (wavelength above original / lowFreqFactor) are divided by the factor, fast ones kept, those between blended (llama3).
 */
export function frequencies({ headDim, ropeTheta, ropeScaling, rotaryDim }: RopeShape): number[] {
  const half = (rotaryDim ?? headDim) / 2
  const plain = Array.from({ length: half }, (_, i) => ropeTheta ** (-i / half))
  if (!ropeScaling) return plain
  if (ropeScaling.kind === 'longrope') return plain.map((frequency, i) => frequency / ropeScaling.shortFactor[i]!)
  const { factor } = ropeScaling
  if (ropeScaling.kind === 'linear') return plain.map((frequency) => frequency / factor)
  const { lowFreqFactor: low, highFreqFactor: high, originalMaxPositions: original } = ropeScaling
  return plain.map((frequency) => {
    const wavelength = (2 * Math.PI) / frequency
    if (wavelength < original / high) return frequency
    if (wavelength > original / low) return frequency / factor
    const smooth = (original / wavelength - low) / (high - low)
    return ((1 - smooth) * frequency) / factor + smooth * frequency
  })
}

/** What cosines and sines are multiplied by. */
export const rotationScale = ({ ropeScaling }: RopeShape): number =>
  ropeScaling?.kind === 'longrope' ? ropeScaling.attentionFactor : 1
