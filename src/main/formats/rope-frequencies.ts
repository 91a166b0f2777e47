/** How fast each pair of numbers is rotated. Plain arithmetic: exports need it too. */
import type { ModelConfig } from './model-config'

export type RopeShape = Pick<ModelConfig, 'headDim' | 'ropeTheta' | 'ropeScaling'>

/**
 * Radians per position of each pair of numbers, D/2 of them: θ^(−2i/D), stretched for longer contexts as the checkpoint was trained. Slow
 * frequencies (wavelength above original / lowFreqFactor) are divided by the factor, fast ones kept, those between blended (llama3).
 */
export function frequencies({ headDim, ropeTheta, ropeScaling }: RopeShape): number[] {
  const half = headDim / 2
  const plain = Array.from({ length: half }, (_, i) => ropeTheta ** (-i / half))
  if (!ropeScaling) return plain
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
