/**
 * Writes a LoRA adapter alone, in the layout of PEFT: `adapter_config.json` and `adapter_model.safetensors`, whose names are the
 * checkpoint's behind `base_model.model.`. Read back before it is called done.
 */
import { join } from 'node:path'
import type { LoraConfig } from '@main/formats/adapter-shapes'
import type { StoredDtype } from '@main/formats/dtypes'
import { ADAPTER_CONFIG, ADAPTER_WEIGHTS, peftName } from '@main/formats/peft'
import { type TensorToWrite, writeSafetensors } from '@main/formats/safetensors-writer'
import { GpoError } from '@shared/errors'
import { compareTensors, countingFileSystem, type OnTensors } from './compare'
import { writeFolder, writeJson } from './folder'
import type { Exported } from './safetensors'

export type { LoraConfig } from '@main/formats/adapter-shapes'

export interface AdapterExport {
  /** Where the base model is, as PEFT should look for it. */
  readonly baseModel: string
  readonly adaptation: LoraConfig
  /** A run's trained parameters under their own names; those that belong to no adapter (a value head) are left out. */
  readonly tensors: readonly TensorToWrite[]
  /** A folder that does not exist yet or is empty. */
  readonly out: string
  readonly dtype: StoredDtype
  /** Folder that is filled first, beside `out`. */
  readonly partial?: string
  readonly onProgress?: OnTensors
}

const ADAPTER = /\.lora_[AB]\.weight$/
export const isAdapterTensor = (name: string): boolean => ADAPTER.test(name)

/** The modules that adapters are on, from the names of their tensors. */
const modulesOf = (names: Iterable<string>): string[] => [
  ...new Set([...names].map((name) => name.replace(ADAPTER, '').split('.').at(-1) ?? name)),
]

/**
 * What `LoraConfig.from_pretrained` reads; everything that is not ours is at PEFT's default.
 * @param names of the adapter's tensors: modules are called as in the checkpoint, where q, k and v may be one
 */
export function adapterConfig(
  baseModel: string,
  { r, alpha, dropout, rslora }: LoraConfig,
  names: Iterable<string>,
): Record<string, unknown> {
  return {
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: baseModel,
    r,
    lora_alpha: alpha,
    lora_dropout: dropout,
    target_modules: modulesOf(names),
    bias: 'none',
    fan_in_fan_out: false,
    use_rslora: rslora,
    use_dora: false,
    modules_to_save: null,
    layers_to_transform: null,
    layers_pattern: null,
    rank_pattern: {},
    alpha_pattern: {},
    init_lora_weights: true,
    inference_mode: true,
    revision: null,
  }
}

/**
 * @returns the bytes written and the largest difference between the adapter in memory and the one read back (0 for F32)
 * @throws GpoError('usage') where there is no adapter or the folder is not empty, ('model') for weights that the dtype cannot hold,
 * ('storage') when writing fails; then nothing is left behind
 */
export function exportAdapter(adapter: AdapterExport): Exported {
  const { baseModel, adaptation, out, dtype, partial, onProgress } = adapter
  const tensors = adapter.tensors
    .filter(({ name }) => isAdapterTensor(name))
    .map((tensor) => ({ ...tensor, name: peftName(tensor.name) }))
  if (tensors.length === 0)
    throw new GpoError('usage', 'There is no adapter to export: export the merged model instead.')
  const names = tensors.map(({ name }) => name)
  return writeFolder(
    out,
    (folder) => {
      const config = writeJson(join(folder, ADAPTER_CONFIG), adapterConfig(baseModel, adaptation, names))
      const file = join(folder, ADAPTER_WEIGHTS)
      const system = countingFileSystem(tensors, dtype, onProgress)
      const weights = writeSafetensors(file, tensors, dtype, {}, system)
      return { bytes: config + weights, maxDifference: compareTensors(file, { tensors, dtype, onProgress }) }
    },
    partial,
  )
}
