/**
 * Lowerings for ONNX Runtime's WebGPU provider, which has no kernels for LogSoftmax, Or, Sign, OneHot and FusedMatMul (1.30): ONNX Runtime would put
 * such nodes on the CPU without a word, with a copy there and back. tests/integration/placements.test.ts finds what is missing here.
 */
import { backend_util, util } from '@tensorflow/tfjs-core'
import type { Recorder } from '../../tensor/recorder'
import type { TensorInfo } from '../../tensor/tf'
import type { Lowering } from './lowering'
import { reshaped } from './shape'

const one = (recorder: Recorder, value: number) => recorder.constant(Float32Array.of(value), [], 'float32')

/** a ∨ b = ¬(¬a ∧ ¬b) */
const logicalOr: Lowering = (recorder, inputs) => {
  const { a, b } = inputs as { a: TensorInfo; b: TensorInfo }
  const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape)
  const not = (info: TensorInfo) => recorder.emit('Not', [recorder.nameOf(info)], info.shape, 'bool').name
  const neither = recorder.emit('And', [not(a), not(b)], shape, 'bool')
  return recorder.node('Not', [neither.name], shape, 'bool')
}

/** [x > 0] − [x < 0] */
const sign: Lowering = (recorder, inputs) => {
  const { x } = inputs as { x: TensorInfo }
  const is = (op: string) => {
    const found = recorder.emit(op, [recorder.nameOf(x), one(recorder, 0)], x.shape, 'bool')
    return recorder.emit('Cast', [found.name], x.shape, 'float32', { attributes: { to: 1 } }).name
  }
  return recorder.node('Sub', [is('Greater'), is('Less')], x.shape, 'float32')
}

/** x − max(x) and log Σ exp of it along an axis, whose size becomes 1. */
function logSum(recorder: Recorder, x: TensorInfo, axis: number): { moved: string; sum: string; narrow: number[] } {
  const narrow = x.shape.map((n, i) => (i === axis ? 1 : n))
  const along = { attributes: { keepdims: 1 } }
  const axes = recorder.int64s([axis])
  const top = recorder.emit('ReduceMax', [recorder.nameOf(x), axes], narrow, 'float32', along).name
  const moved = recorder.emit('Sub', [recorder.nameOf(x), top], x.shape, 'float32').name
  const powers = recorder.emit('Exp', [moved], x.shape, 'float32').name
  const total = recorder.emit('ReduceSum', [powers, axes], narrow, 'float32', along).name
  return { moved, sum: recorder.emit('Log', [total], narrow, 'float32').name, narrow }
}

const logSoftmax: Lowering = (recorder, inputs, attrs) => {
  const { logits } = inputs as { logits: TensorInfo }
  const axis = util.parseAxisParam(attrs['axis'] as number, logits.shape)[0]!
  const { moved, sum } = logSum(recorder, logits, axis)
  return recorder.node('Sub', [moved, sum], logits.shape, 'float32')
}

/** int32 [N] → [N, 1] */
const asColumn = (recorder: Recorder, ids: TensorInfo) => recorder.nameOf(reshaped(recorder, ids, [ids.shape[0]!, 1]))

/** log softmax(logits)[ids], of which only the picked entries are written: [N]. */
const gatherLogProb: Lowering = (recorder, inputs) => {
  const { logits, ids } = inputs as { logits: TensorInfo; ids: TensorInfo }
  const n = logits.shape[0]!
  const { moved, sum } = logSum(recorder, logits, 1)
  const attributes = { axis: 1 }
  const own = recorder.emit('GatherElements', [moved, asColumn(recorder, ids)], [n, 1], 'float32', { attributes })
  const difference = recorder.emit('Sub', [own.name, sum], [n, 1], 'float32')
  return recorder.node('Reshape', [difference.name, recorder.int64s([n])], [n], 'float32')
}

/** dy (onehot(ids) − softmax(logits)), [N, V]. */
const gatherLogProbGrad: Lowering = (recorder, inputs) => {
  const { logits, ids, dy } = inputs as { logits: TensorInfo; ids: TensorInfo; dy: TensorInfo }
  const [n, v] = logits.shape as [number, number]
  const p = recorder.emit('Softmax', [recorder.nameOf(logits)], [n, v], 'float32', { attributes: { axis: 1 } }).name
  const hot = hotName(recorder, ids, v)
  const difference = recorder.emit('Sub', [hot, p], [n, v], 'float32').name
  const column = recorder.nameOf(reshaped(recorder, dy, [n, 1]))
  return recorder.node('Mul', [difference, column], [n, v], 'float32')
}

/** int32 [..] → [.., depth] of 0 and 1. */
function hotName(recorder: Recorder, indices: TensorInfo, depth: number): string {
  const shape = [...indices.shape, depth]
  const column = recorder.nameOf(reshaped(recorder, indices, [...indices.shape, 1]))
  const numbers = Int32Array.from({ length: depth }, (_, i) => i)
  const isEqual = recorder.emit('Equal', [column, recorder.constant(numbers, [depth], 'int32')], shape, 'bool')
  return recorder.emit('Cast', [isEqual.name], shape, 'float32', { attributes: { to: 1 } }).name
}

const oneHot: Lowering = (recorder, inputs, attrs) => {
  const { indices } = inputs as { indices: TensorInfo }
  const { depth, onValue, offValue } = attrs as { depth: number; onValue: number; offValue: number }
  const shape = [...indices.shape, depth]
  const hot = hotName(recorder, indices, depth)
  const scaled = recorder.emit('Mul', [hot, one(recorder, onValue - offValue)], shape, 'float32').name
  const value = recorder.node('Add', [scaled, one(recorder, offValue)], shape, 'float32')
  if (attrs['dtype'] === 'float32') return value
  const to = attrs['dtype'] === 'bool' ? 9 : 6
  return recorder.node('Cast', [recorder.nameOf(value)], shape, String(attrs['dtype']), { attributes: { to } })
}

function swapped(recorder: Recorder, info: TensorInfo): TensorInfo {
  const rank = info.shape.length
  const perm = info.shape.map((_, i) => (i < rank - 2 ? i : 2 * rank - 3 - i))
  const shape = perm.map((axis) => info.shape[axis]!)
  return recorder.node('Transpose', [recorder.nameOf(info)], shape, info.dtype, { attributes: { perm } })
}

/** Two matrices: `Gemm` knows transposed operands. Batches: transposed first. */
const batchMatMul: Lowering = (recorder, inputs, attrs) => {
  const { a, b } = inputs as { a: TensorInfo; b: TensorInfo }
  const [transA, transB] = [attrs['transposeA'] ? 1 : 0, attrs['transposeB'] ? 1 : 0]
  const [rows, columns] = [a.shape.at(transA ? -1 : -2)!, b.shape.at(transB ? -2 : -1)!]
  const batch = backend_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2))
  const shape = [...batch, rows, columns]
  if (batch.every((n) => n === 1)) {
    const names = [a, b].map((info) => recorder.nameOf(reshaped(recorder, info, info.shape.slice(-2))))
    const product = recorder.node('Gemm', names, [rows, columns], 'float32', { attributes: { transA, transB } })
    return reshaped(recorder, product, shape)
  }
  const left = transA ? swapped(recorder, a) : a
  const right = transB ? swapped(recorder, b) : b
  return recorder.node('MatMul', [recorder.nameOf(left), recorder.nameOf(right)], shape, 'float32')
}

export const webgpu: Readonly<Record<string, Lowering>> = {
  LogicalOr: logicalOr,
  Sign: sign,
  LogSoftmax: logSoftmax,
  GatherLogProb: gatherLogProb,
  GatherLogProbGrad: gatherLogProbGrad,
  OneHot: oneHot,
  BatchMatMul: batchMatMul,
}
