/** Order in a graph: ONNX Runtime runs a node as soon as its inputs are ready, which is too early if its output is large and used much later. */

import type { DType, GraphValue } from '../../tensor/graph'
import type { Recorder } from '../../tensor/recorder'
import type { TensorInfo } from '../../tensor/tf'
import type { Lowering } from './lowering'

/** [1]: 0, computed only after `signal`. `x > x` is false for every number, also for NaN. */
function zeroAfter(recorder: Recorder, signal: TensorInfo): string {
  const flat = recorder.emit('Reshape', [recorder.nameOf(signal), recorder.int64s([-1])], [-1], 'float32')
  const bounds = [recorder.int64s([0]), recorder.int64s([1])]
  const one = recorder.emit('Slice', [flat.name, ...bounds], [1], 'float32')
  const never = recorder.emit('Greater', [one.name, one.name], [1], 'bool')
  return recorder.emit('Cast', [never.name], [1], 'int64', { attributes: { to: 7 } }).name
}

/**
 * The name of the same data in another shape, available only after `signal`; nothing is copied. Its reader must not be another Reshape: ONNX
 * Runtime would merge the two and fail.
 */
export function waiting(recorder: Recorder, { name, shape, dtype }: GraphValue, signal: TensorInfo): string {
  const zero = zeroAfter(recorder, signal)
  const dynamic = recorder.emit('Add', [zero, recorder.int64s(shape)], [shape.length], 'int64')
  return recorder.declare(recorder.emit('Reshape', [name, dynamic.name], shape, dtype).name, shape, dtype)
}

/** A copy of x that is available only after `signal`, and that any node may read. */
const after: Lowering = (recorder, inputs) => {
  const { x, signal } = inputs as { x: TensorInfo; signal: TensorInfo }
  const names = [recorder.nameOf(x), zeroAfter(recorder, signal), recorder.int64s([x.shape[0]!]), recorder.int64s([0])]
  const copy = recorder.emit('Slice', names, x.shape, x.dtype)
  recorder.declare(copy.name, x.shape, x.dtype as DType)
  return copy.info
}

export const order: Readonly<Record<string, Lowering>> = { After: after }
