/** What a LoRA adapter consists of: names, shapes and scale. Knows no tensor. */
import type { AdaptationConfig } from '@shared/schemas/plan'
import type { ModelConfig } from './model-config'
import { projectionName, projectionShapes, storedTargets } from './projections'

export type LoraConfig = Extract<AdaptationConfig, { kind: 'lora' }>

export const adapterNames = (projection: string) => ({
  a: `${projection}.lora_A.weight`,
  b: `${projection}.lora_B.weight`,
})

/** What the adapters' product is multiplied by; rank-stabilised as in Kalajdzievski 2023, arXiv 2312.03732. */
export const loraScale = ({ r, alpha, rslora }: Pick<LoraConfig, 'r' | 'alpha' | 'rslora'>): number =>
  alpha / (rslora ? Math.sqrt(r) : r)

/**
 * Every matrix that an adaptation touches, with its [out, in]. Where a checkpoint has q, k and v as one matrix, so has the adapter: that is where PEFT
 * puts it.
 * @throws GpoError('plan') for a part of such a matrix without the others
 */
export function adaptedProjections(config: ModelConfig, { targets }: Pick<LoraConfig, 'targets'>) {
  const shapes = projectionShapes(config)
  const names = storedTargets(targets, config.isFused ?? false)
  return Array.from({ length: config.layers }, (_, i) =>
    names.map((name) => ({ projection: projectionName(i, name), shape: shapes.get(name)! })),
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
