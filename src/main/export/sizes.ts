/** How large an export will be, told before it is written: from names, shapes and lengths, never from tensors. */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { adapterTensors, type LoraConfig } from '@main/formats/adapter-shapes'
import type { StoredDtype } from '@main/formats/dtypes'
import { isGgufPath } from '@main/formats/gguf/model'
import { readModelConfig } from '@main/formats/model-config'
import { openModelFiles } from '@main/formats/model-files'
import { peftName } from '@main/formats/peft'
import { safetensorsSize } from '@main/formats/safetensors-writer'
import { expectedWeights } from '@main/formats/weights'
import { madeTokenizerFiles } from '@main/text/tokenizer/files'
import { adapterConfig } from './adapter'
import { copiedFiles } from './safetensors'

export interface Size {
  readonly bytes: number
  readonly tensors: number
}

const jsonBytes = (value: unknown) => Buffer.byteLength(`${JSON.stringify(value, null, 2)}\n`)

/** Config and tokenizer: the files of a folder, or what is made of a GGUF file's metadata. */
function otherBytes(sourceFolder: string): number {
  if (isGgufPath(sourceFolder)) {
    const made = [openModelFiles(sourceFolder).config(), ...Object.values(madeTokenizerFiles(sourceFolder))]
    return made.reduce<number>((sum, json) => sum + jsonBytes(json), 0)
  }
  const files = ['config.json', ...copiedFiles(sourceFolder)]
    .map((name) => join(sourceFolder, name))
    .filter((file) => existsSync(file))
  return files.reduce((sum, file) => sum + statSync(file).size, 0)
}

/** A Hugging Face folder of the merged model. Of a model in shards, the index is not counted. */
export function mergedSize(sourceFolder: string, dtype: StoredDtype): Size {
  const weights = [...expectedWeights(readModelConfig(sourceFolder))].map(([name, shape]) => ({ name, shape }))
  return { bytes: safetensorsSize(weights, dtype) + otherBytes(sourceFolder), tensors: weights.length }
}

/** An adapter in PEFT's layout. */
export function adapterSize(sourceFolder: string, adaptation: LoraConfig, dtype: StoredDtype): Size {
  const expected = adapterTensors(readModelConfig(sourceFolder), adaptation)
  const tensors = [...expected].map(([name, shape]) => ({ name: peftName(name), shape }))
  const config = jsonBytes(adapterConfig(sourceFolder, adaptation, expected.keys()))
  return { bytes: safetensorsSize(tensors, dtype) + config, tensors: tensors.length }
}
