/** Weights in 16 or 8 bits, made some rows at a time, and back to float32, on the host. */
import type { AdaptationConfig } from '@shared/schemas/plan'
import { encodeHalves, halvesToFloats } from './dtypes'
import { type BaseTensors, type HostTensor, isNarrowTensor, type NarrowTensor } from './host-tensor'

export type BasePrecision = Extract<AdaptationConfig, { kind: 'lora' }>['base']

/** Full fine-tuning keeps all weights as float32. */
export const precisionOf = (adaptation: AdaptationConfig): BasePrecision =>
  adaptation.kind === 'lora' ? adaptation.base : 'float32'

/** An empty matrix, to be filled by `narrowRows`. */
export function emptyNarrow(shape: readonly [number, number], precision: 'float16' | 'int8'): NarrowTensor {
  const size = shape[0] * shape[1]
  if (precision === 'float16') return { shape, data: new Uint16Array(size), scale: null }
  return { shape, data: new Int8Array(size), scale: new Float32Array(shape[0]) }
}

/** Symmetric: the largest magnitude of a row becomes 127. A row of zeros has scale 1. */
function roundRow(
  values: Float32Array,
  from: number,
  { data, shape: [, columns], scale }: NarrowTensor,
  row: number,
): void {
  let largest = 0
  for (let i = 0; i < columns; i++) largest = Math.max(largest, Math.abs(values[from + i]!))
  const unit = Math.fround(largest / 127) || 1
  scale![row] = unit // 8 bits have scales
  const at = row * columns
  for (let i = 0; i < columns; i++) data[at + i] = Math.max(-127, Math.min(127, Math.round(values[from + i]! / unit)))
}

/** @param values of whole rows, from row `start` on; in 16 bits none may be beyond what a half can hold */
export function narrowRows(target: NarrowTensor, start: number, values: Float32Array): void {
  const columns = target.shape[1]
  if (!target.scale) encodeHalves(values, target.data, start * columns)
  else for (let i = 0; i * columns < values.length; i++) roundRow(values, i * columns, target, start + i)
}

/** Matrices become narrow; norms and biases stay as they are. */
export function narrowed({ shape, data }: HostTensor, precision: BasePrecision): HostTensor | NarrowTensor {
  if (precision === 'float32' || shape.length !== 2) return { shape, data }
  const target = emptyNarrow(shape as [number, number], precision)
  narrowRows(target, 0, data)
  return target
}

/** The float32 numbers that a narrow tensor stands for. */
export function widened(tensor: HostTensor | NarrowTensor): HostTensor {
  if (!isNarrowTensor(tensor)) return tensor
  const { shape, scale } = tensor
  if (!scale) return { shape, data: halvesToFloats(tensor.data) }
  const data = Float32Array.from(tensor.data)
  for (let row = 0; row < shape[0]; row++) {
    for (let i = row * shape[1]; i < (row + 1) * shape[1]; i++) data[i]! *= scale[row]!
  }
  return { shape, data }
}

export const widenedAll = (tensors: BaseTensors): Map<string, HostTensor> =>
  new Map([...tensors].map(([name, tensor]) => [name, widened(tensor)]))
