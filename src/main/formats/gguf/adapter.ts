/** Reads a LoRA adapter in GGUF back: its tensors under their own names, with the rows as a checkpoint has them. */

import { closeSync, openSync } from 'node:fs'
import { adapterNames } from '../adapter-shapes'
import type { HostTensor } from '../host-tensor'
import type { ModelConfig } from '../model-config'
import { refuseStrangeFile } from '../regular-file'
import { damaged, shown } from '../safetensors-header'
import { reading } from '../tensor-reader'
import { type Architecture, architectureOf } from './architectures'
import { openGguf } from './model'
import { checkpointName } from './names'
import { readValues, refuseUnreadable } from './read-tensor'
import { sourceRow } from './rows'
import type { PlacedTensor } from './split'

export const ADAPTER_KEYS = { type: 'adapter.type', alpha: 'adapter.lora.alpha' } as const

export interface GgufAdapter {
  /** Divided by the rank it is the scale of B A. */
  readonly alpha: number
  /** As `adapterTensors` names them. */
  readonly tensors: ReadonlyMap<string, HostTensor>
}

/** `blk.0.attn_q.weight.lora_a` → `model.layers.0.self_attn.q_proj.lora_A.weight` */
function ownName(path: string, name: string, architecture: Architecture): string {
  const [, weight, side] = /^(.+\.weight)\.lora_([ab])$/.exec(name) ?? []
  const whole = weight === undefined ? null : checkpointName(weight, architecture)
  if (whole === null || whole === weight) throw damaged(path, `has the tensor ${shown(name)}, which no adapter has`)
  return adapterNames(whole.replace(/\.weight$/, ''))[side === 'a' ? 'a' : 'b']
}

/** Rows of B of rotated heads, where the architecture reorders them. */
function restored({ shape, data }: HostTensor, heads: number): HostTensor {
  const [rows, width] = shape as readonly [number, number]
  const out = new Float32Array(data.length)
  for (let row = 0; row < rows; row++) {
    const from = sourceRow(row, rows, heads) * width
    out.set(data.subarray(from, from + width), row * width)
  }
  return { shape, data: out }
}

function read(place: PlacedTensor): HostTensor {
  refuseUnreadable(place)
  refuseStrangeFile(place.path, 'model')
  const handle = reading(place.path, () => openSync(place.path, 'r'))
  try {
    const values = place.shape.reduce((a, b) => a * b, 1)
    return { shape: place.shape, data: readValues(handle, place, 0, values) }
  } finally {
    closeSync(handle)
  }
}

/** @param base whose heads say which rows are reordered @throws GpoError('model') for a file that is none, or damaged */
export function readGgufAdapter(path: string, base: Pick<ModelConfig, 'heads' | 'kvHeads'>): GgufAdapter {
  const model = openGguf(path)
  const architecture = architectureOf(model)
  const alpha = model.metadata.get(ADAPTER_KEYS.alpha)
  if (model.metadata.get(ADAPTER_KEYS.type) !== 'lora' || typeof alpha !== 'number')
    throw damaged(path, `has no ${ADAPTER_KEYS.type} "lora" with a number as ${ADAPTER_KEYS.alpha}`)
  const heads = (name: string) => {
    if (!architecture.isInterleaved) return null
    if (name.endsWith('.q_proj.lora_B.weight')) return base.heads
    return name.endsWith('.k_proj.lora_B.weight') ? base.kvHeads : null
  }
  const tensors = [...model.tensors].map(([own, place]) => {
    const name = ownName(path, own, architecture)
    const tensor = read(place)
    const count = heads(name)
    return [name, count === null ? tensor : restored(tensor, count)] as const
  })
  return { alpha, tensors: new Map(tensors) }
}
