/**
 * A LoRA adapter alone as GGUF, for llama.cpp's `--lora`. As its converter writes them, a matrix NAME has `NAME.lora_a` [r, in] and `NAME.lora_b`
 * [out, r], and the rows of lora_b are in the order that the base file has them. llama.cpp adds alpha / r · B A.
 */
import { adapterTensors, type LoraConfig, loraScale } from '@main/formats/adapter-shapes'
import { ADAPTER_KEYS } from '@main/formats/gguf/adapter'
import type { ModelConfig } from '@main/formats/model-config'
import type { TensorToWrite } from '@main/formats/safetensors-writer'
import { architectureOf } from './architectures'
import { FILE_TYPES } from './export'
import type { Metadata, TensorType } from './format'
import { ggufName, interleave, reorderedHeads } from './tensors'
import { type GgufTarget, type NamedShape, sizeOfGguf, type Written, writeGguf } from './write'

interface GgufAdapter {
  /** Of the base model. */
  readonly config: ModelConfig
  readonly name: string
  readonly adaptation: LoraConfig
  readonly type: TensorType
}

export interface GgufAdapterExport extends GgufAdapter, GgufTarget {
  /** The adapter's tensors by their own names; no others. */
  readonly tensors: readonly TensorToWrite[]
}

const TENSOR = /\.lora_([AB])\.weight$/

function adapterName(config: ModelConfig, name: string): string {
  const side = TENSOR.exec(name)?.[1]
  if (side === undefined) throw new Error(`${name} is no tensor of an adapter`)
  return `${ggufName(config, name.replace(TENSOR, '.weight'))}.lora_${side.toLowerCase()}`
}

function convert(config: ModelConfig, tensor: TensorToWrite): TensorToWrite {
  const { name, shape } = tensor
  const heads = name.endsWith('.lora_B.weight') ? reorderedHeads(name.replace(TENSOR, '.weight'), config) : null
  return { name: adapterName(config, name), shape, data: heads === null ? tensor.data : interleave(tensor, heads) }
}

/** llama.cpp has no rank-stabilised scale: alpha is what gives the same one when it is divided by the rank. */
function metadataOf({ config, name, adaptation, type }: GgufAdapter): Metadata {
  return new Map([
    ['general.architecture', { type: 'string', value: architectureOf(config).name }],
    ['general.type', { type: 'string', value: 'adapter' }],
    ['general.name', { type: 'string', value: name }],
    ['general.file_type', { type: 'uint32', value: FILE_TYPES[type] }],
    [ADAPTER_KEYS.type, { type: 'string', value: 'lora' }],
    [ADAPTER_KEYS.alpha, { type: 'float32', value: loraScale(adaptation) * adaptation.r }],
  ])
}

/** Bytes and number of tensors of a file before it is written. @throws {GpoError} as `exportGgufAdapter` for the architecture */
export function ggufAdapterSize(adapter: GgufAdapter): { readonly bytes: number; readonly tensors: number } {
  const { config, adaptation, type } = adapter
  const tensors = [...adapterTensors(config, adaptation)].map(
    ([name, shape]): NamedShape => ({ name: adapterName(config, name), shape }),
  )
  return { bytes: sizeOfGguf(metadataOf(adapter), tensors, type), tensors: tensors.length }
}

/**
 * Nothing is left behind when it fails.
 * @throws {GpoError} 'usage' for a file that exists, or a model that llama.cpp does not have or computes otherwise; 'model' for values that the
 * type cannot store; 'storage'
 */
export const exportGgufAdapter = (adapter: GgufAdapterExport): Written =>
  writeGguf(
    metadataOf(adapter),
    adapter.tensors.map((tensor) => convert(adapter.config, tensor)),
    adapter,
  )
