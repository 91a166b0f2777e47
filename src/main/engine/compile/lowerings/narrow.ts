/** Lowerings of frozen matrices in 16 or 8 bits: see engine/core/narrow. */

import type { Recorder } from '../../tensor/recorder'
import type { TensorInfo } from '../../tensor/tf'
import type { Lowering } from './lowering'
import { waiting } from './order'

const FLOAT = { attributes: { to: 1 } }

/** Narrow rows → float32; with a scale for each row they are 8 bits, else 16. */
function widened(recorder: Recorder, name: string, scale: string | null, shape: readonly number[]): TensorInfo {
  if (scale === null) return recorder.node('Cast', [name], shape, 'float32', FLOAT)
  return recorder.node('DequantizeLinear', [name, scale], shape, 'float32', { attributes: { axis: 0 } })
}

const widen: Lowering = (recorder, inputs, attrs) => {
  const { values, scale, signal } = inputs as { values: TensorInfo; scale?: TensorInfo; signal: TensorInfo }
  const { start, size, columns } = attrs as { start: number; size: number; columns: number }
  const [rows] = values.shape as [number]
  const bounds = [start, start + size, 0].map((n) => recorder.int64s([n]))
  const cut = (name: string, shape: readonly number[]) =>
    size === rows ? name : recorder.emit('Slice', [name, ...bounds], shape, 'int32').name
  const dtype = scale ? 'int8' : 'float16'
  const whole = waiting(recorder, { name: recorder.nameOf(values), shape: [rows, columns], dtype }, signal)
  const shape = [size, columns]
  return widened(recorder, cut(whole, shape), scale ? cut(recorder.nameOf(scale), [size]) : null, shape)
}

const widenRows: Lowering = (recorder, inputs, attrs) => {
  const { values, scale, ids } = inputs as { values: TensorInfo; scale?: TensorInfo; ids: TensorInfo }
  const shape = [ids.shape[0]!, attrs['columns'] as number]
  const pick = (info: TensorInfo, shape: readonly number[]) =>
    recorder.emit('Gather', [recorder.nameOf(info), recorder.nameOf(ids)], shape, 'int32', { attributes: { axis: 0 } })
      .name
  return widened(recorder, pick(values, shape), scale ? pick(scale, [shape[0]!]) : null, shape)
}

export const narrow: Readonly<Record<string, Lowering>> = { Widen: widen, WidenRows: widenRows }
