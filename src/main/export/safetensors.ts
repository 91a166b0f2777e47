/** Writes a model as a Hugging Face folder and reads it back before calling it done. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { storageError } from '@engine/checkpoint/atomic'
import type { StoredDtype } from '@engine/checkpoint/dtypes'
import { openSafetensors, type TensorToWrite, writeSafetensors } from '@engine/checkpoint/safetensors'
import { readJsonObject } from '@engine/model/config'
import { GpoError } from '@shared/errors'

const COPIED = [
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'generation_config.json',
  'chat_template.jinja',
  'tokenizer.model',
]
const TORCH_DTYPE: Readonly<Record<StoredDtype, string>> = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' }

export interface ModelExport {
  /** The base model's folder: config and tokenizer are copied from it. */
  readonly sourceFolder: string
  readonly tensors: readonly TensorToWrite[]
  readonly out: string
  readonly dtype: StoredDtype
}

function prepareFolder(out: string): void {
  if (existsSync(out) && (!statSync(out).isDirectory() || readdirSync(out).length > 0)) {
    throw new GpoError('usage', `${out} is not empty: choose a folder that does not exist yet`)
  }
  mkdirSync(out, { recursive: true })
}

function compare(out: string, tensors: readonly TensorToWrite[]): number {
  const file = openSafetensors(out)
  try {
    let worst = 0
    for (const { name, data } of tensors) {
      const written = file.read(name)
      for (let i = 0; i < data.length; i++) worst = Math.max(worst, Math.abs(written[i]! - data[i]!))
    }
    return worst
  } finally {
    file.close()
  }
}

/**
 * @returns the bytes written and the largest difference between the weights in memory and those read back (0 for F32)
 * @throws GpoError('usage') for a folder that is not empty, GpoError('storage') when writing fails
 */
export function exportModel({ sourceFolder, tensors, out, dtype }: ModelExport): {
  bytes: number
  maxDifference: number
} {
  prepareFolder(out)
  try {
    const config = { ...readJsonObject(join(sourceFolder, 'config.json')), torch_dtype: TORCH_DTYPE[dtype] }
    writeFileSync(join(out, 'config.json'), `${JSON.stringify(config, null, 2)}\n`)
    for (const name of COPIED)
      if (existsSync(join(sourceFolder, name))) copyFileSync(join(sourceFolder, name), join(out, name))
    const bytes = writeSafetensors(join(out, 'model.safetensors'), tensors, dtype)
    return { bytes, maxDifference: compare(out, tensors) }
  } catch (error) {
    throw storageError(error, `exporting to ${out}`)
  }
}
