/** The size of an export before it is written, from names, shapes and lengths, without reading tensors. */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { adapterTensors, type LoraConfig } from '@main/formats/adapter-shapes'
import type { StoredDtype } from '@main/formats/dtypes'
import { readModelConfig } from '@main/formats/model-config'
import { peftName } from '@main/formats/peft'
import { safetensorsSize } from '@main/formats/safetensors-writer'
import { expectedWeights } from '@main/formats/weights'
import { adapterConfig } from './adapter'
import { copiedFiles } from './safetensors'

export interface Size {
  readonly bytes: number
  readonly tensors: number
}

const jsonBytes = (value: unknown) => Buffer.byteLength(`${JSON.stringify(value, null, 2)}\n`)

/** A Hugging Face folder of the merged model. The index of a sharded model is not counted. */
export function mergedSize(sourceFolder: string, dtype: StoredDtype): Size {
  const weights = [...expectedWeights(readModelConfig(sourceFolder))].map(([name, shape]) => ({ name, shape }))
  const files = ['config.json', ...copiedFiles(sourceFolder)]
    .map((name) => join(sourceFolder, name))
    .filter((file) => existsSync(file))
  const others = files.reduce((sum, file) => sum + statSync(file).size, 0)
  return { bytes: safetensorsSize(weights, dtype) + others, tensors: weights.length }
}

/** An adapter in PEFT's layout. */
export function adapterSize(sourceFolder: string, adaptation: LoraConfig, dtype: StoredDtype): Size {
  const expected = adapterTensors(readModelConfig(sourceFolder), adaptation)
  const tensors = [...expected].map(([name, shape]) => ({ name: peftName(name), shape }))
  const config = jsonBytes(adapterConfig(sourceFolder, adaptation, expected.keys()))
  return { bytes: safetensorsSize(tensors, dtype) + config, tensors: tensors.length }
}
