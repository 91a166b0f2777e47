/** How large an export will be, told before it is written: from names, shapes and lengths, never from tensors. */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { StoredDtype } from '@engine/checkpoint/dtypes'
import { safetensorsSize } from '@engine/checkpoint/safetensors-writer'
import { projectionName, readModelConfig } from '@engine/model/config'
import { expectedWeights } from '@engine/model/weights'
import { adapterConfig, type LoraConfig, peftName } from './adapter'
import { COPIED } from './safetensors'

export interface Size {
  readonly bytes: number
  readonly tensors: number
}

interface Shaped {
  readonly name: string
  readonly shape: readonly number[]
}

const jsonBytes = (value: unknown) => Buffer.byteLength(`${JSON.stringify(value, null, 2)}\n`)

/** A Hugging Face folder of the merged model. Of a model in shards, the index is not counted. */
export function mergedSize(sourceFolder: string, dtype: StoredDtype): Size {
  const weights = [...expectedWeights(readModelConfig(sourceFolder))].map(([name, shape]) => ({ name, shape }))
  const files = ['config.json', ...COPIED].map((name) => join(sourceFolder, name)).filter((file) => existsSync(file))
  const others = files.reduce((sum, file) => sum + statSync(file).size, 0)
  return { bytes: safetensorsSize(weights, dtype) + others, tensors: weights.length }
}

/** The two matrices of each projection that has an adapter. */
function adapterTensors(sourceFolder: string, { r, targets }: LoraConfig): Shaped[] {
  const config = readModelConfig(sourceFolder)
  const weights = expectedWeights(config)
  return Array.from({ length: config.layers }, (_, layer) =>
    targets.flatMap((target): Shaped[] => {
      const projection = projectionName(layer, target)
      const [out = 0, width = 0] = weights.get(`${projection}.weight`) ?? []
      return [
        { name: peftName(`${projection}.lora_A.weight`), shape: [r, width] },
        { name: peftName(`${projection}.lora_B.weight`), shape: [out, r] },
      ]
    }),
  ).flat()
}

/** An adapter in PEFT's layout. */
export function adapterSize(sourceFolder: string, adaptation: LoraConfig, dtype: StoredDtype): Size {
  const tensors = adapterTensors(sourceFolder, adaptation)
  const config = jsonBytes(adapterConfig(sourceFolder, adaptation))
  return { bytes: safetensorsSize(tensors, dtype) + config, tensors: tensors.length }
}
