/** What a LoRA adapter consists of: names, shapes and scale. Knows no tensor. */
import type { AdaptationConfig } from '@shared/schemas/plan'
import { type ModelConfig, projectionName } from './model-config'

export type LoraConfig = Extract<AdaptationConfig, { kind: 'lora' }>

export const adapterNames = (projection: string) => ({
  a: `${projection}.lora_A.weight`,
  b: `${projection}.lora_B.weight`,
})

/** What the adapters' product is multiplied by; rank-stabilised as in Kalajdzievski 2023, arXiv 2312.03732. */
export const loraScale = ({ r, alpha, rslora }: Pick<LoraConfig, 'r' | 'alpha' | 'rslora'>): number =>
  alpha / (rslora ? Math.sqrt(r) : r)

/** Every projection that an adaptation touches, with its [out, in]. */
export function adaptedProjections(config: ModelConfig, { targets }: Pick<LoraConfig, 'targets'>) {
  const { hiddenSize, intermediateSize, heads, kvHeads, headDim } = config
  const shapes = {
    q_proj: [heads * headDim, hiddenSize],
    k_proj: [kvHeads * headDim, hiddenSize],
    v_proj: [kvHeads * headDim, hiddenSize],
    o_proj: [hiddenSize, heads * headDim],
    gate_proj: [intermediateSize, hiddenSize],
    up_proj: [intermediateSize, hiddenSize],
    down_proj: [hiddenSize, intermediateSize],
  } as const
  return Array.from({ length: config.layers }, (_, i) =>
    targets.map((name) => ({ projection: projectionName(i, name), shape: shapes[name] })),
  ).flat()
}

/** Names and shapes of the adapter's tensors. */
export const adapterTensors = (
  config: ModelConfig,
  { r, targets }: Pick<LoraConfig, 'r' | 'targets'>,
): Map<string, readonly number[]> =>
  new Map(
    adaptedProjections(config, { targets }).flatMap(({ projection, shape: [out, width] }) => {
      const { a, b } = adapterNames(projection)
      return [
        [a, [r, width]],
        [b, [out, r]],
      ] as const
    }),
  )
