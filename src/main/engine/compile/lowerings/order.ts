/** Order in a graph: ONNX Runtime runs a node as soon as its inputs are there, which is too soon where its output takes much memory until it is used. */
import type { TensorInfo } from '../../backend/tf'
import type { Recorder } from '../recorder'
import type { Lowering } from './lowering'

/**
 * The name of the same data, not readable before `signal` is there: Reshape copies nothing, and its shape is made of the signal. Greater of a number
 * and itself is false, NaN or not.
 */
export function waiting(recorder: Recorder, name: string, shape: readonly number[], signal: TensorInfo): string {
  const flat = recorder.emit('Reshape', [recorder.nameOf(signal), recorder.int64s([-1])], [-1], 'float32')
  const bounds = [recorder.int64s([0]), recorder.int64s([1])]
  const one = recorder.emit('Slice', [flat.name, ...bounds], [1], 'float32')
  const never = recorder.emit('Greater', [one.name, one.name], [1], 'bool')
  const zero = recorder.emit('Cast', [never.name], [1], 'int64', { attributes: { to: 7 } })
  const dynamic = recorder.emit('Add', [zero.name, recorder.int64s(shape)], [shape.length], 'int64')
  return recorder.emit('Reshape', [name, dynamic.name], shape, 'int32').name
}

/** x, for the nodes that use it not before `signal` is there. */
const after: Lowering = (recorder, inputs) => {
  const { x, signal } = inputs as { x: TensorInfo; signal: TensorInfo }
  const name = waiting(recorder, recorder.nameOf(x), x.shape, signal)
  return recorder.node('Identity', [name], x.shape, x.dtype)
}

export const order: Readonly<Record<string, Lowering>> = { After: after }
