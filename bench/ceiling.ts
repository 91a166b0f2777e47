/** What the machine's matrix products reach, and what share of it some work does. */
import { measureMatmul, openBackend } from '@engine/devices/choose'
import { expectedWeights } from '@main/formats/weights'
import type { BenchModel } from './models'
import { rounded } from './statistics'

const SIZE = 2048

/** Floating-point operations per second of a square product. */
export async function productCeiling(): Promise<number> {
  const backend = await openBackend('onnx')
  const gflops = await measureMatmul(backend, SIZE, 9)
  await backend.close()
  return gflops * 1e9
}

/** Numbers in matrices that multiply every token; a tied embedding counts once, as the head. */
const multiplied = ({ config }: BenchModel): number =>
  [...expectedWeights(config)]
    .filter(([name, shape]) => shape.length === 2 && (config.tieWordEmbeddings || !name.includes('embed_tokens')))
    .reduce((sum, [, shape]) => sum + shape[0]! * shape[1]!, 0)

/**
 * Operations of the products for one token, without attention's: 2 for each number forward, 2 for the gradient of what enters, 2 for that of the
 * weights.
 */
export const tokenOperations = (model: BenchModel, passes: 'forward' | 'lora' | 'full'): number =>
  ({ forward: 2, lora: 4, full: 6 })[passes] * multiplied(model)

/** `operations` in `seconds`, in GFLOP/s and as a share of the ceiling. */
export const reached = (operations: number, seconds: number, ceiling: number) => ({
  gflops: rounded(operations / seconds / 1e9, 0),
  ofCeiling: rounded(operations / seconds / ceiling, 2),
})
