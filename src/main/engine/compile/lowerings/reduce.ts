/** Lowerings of reductions, softmax and matrix products. */
import { backend_util, util } from '@tensorflow/tfjs-core'
import type { Recorder } from '../../tensor/recorder'
import type { TensorInfo } from '../../tensor/tf'
import type { Lowering } from './lowering'
import { reshaped } from './shape'

const reduction = (op: string): Lowering => {
  return (recorder, inputs, attrs) => {
    const { x } = inputs as { x: TensorInfo }
    const axes = util.parseAxisParam((attrs['axis'] ?? attrs['reductionIndices']) as number[], x.shape)
    const keep = Boolean(attrs['keepDims'])
    const shape = keep ? x.shape.map((n, i) => (axes.includes(i) ? 1 : n)) : x.shape.filter((_, i) => !axes.includes(i))
    if (axes.length === 0) return recorder.alias(x, shape)
    const names = [recorder.nameOf(x), recorder.int64s(axes)]
    return recorder.node(op, names, shape, x.dtype, { attributes: { keepdims: keep ? 1 : 0 } })
  }
}

const argMax: Lowering = (recorder, inputs, attrs) => {
  const { x } = inputs as { x: TensorInfo }
  const axis = util.parseAxisParam(attrs['axis'] as number, x.shape)[0]!
  const shape = x.shape.filter((_, i) => i !== axis)
  const wide = recorder.emit('ArgMax', [recorder.nameOf(x)], shape, 'int64', { attributes: { axis, keepdims: 0 } })
  return recorder.node('Cast', [wide.name], shape, 'int32', { attributes: { to: 6 } })
}

const alongAxis = (op: string, input: string, attribute: string): Lowering => {
  return (recorder, inputs, attrs) => {
    const x = (inputs as Record<string, TensorInfo>)[input]!
    const axis = util.parseAxisParam(attrs[attribute] as number, x.shape)[0]!
    return recorder.node(op, [recorder.nameOf(x)], x.shape, x.dtype, { attributes: { axis } })
  }
}

const cumsum: Lowering = (recorder, inputs, attrs) => {
  const { x } = inputs as { x: TensorInfo }
  const axis = util.parseAxisParam(attrs['axis'] as number, x.shape)[0]!
  const attributes = { exclusive: attrs['exclusive'] ? 1 : 0, reverse: attrs['reverse'] ? 1 : 0 }
  return recorder.node('CumSum', [recorder.nameOf(x), recorder.int64(axis)], x.shape, x.dtype, { attributes })
}

function withoutBatch(recorder: Recorder, info: TensorInfo): TensorInfo {
  return reshaped(recorder, info, info.shape.slice(-2))
}

/** Two matrices: `Gemm` knows transposed operands. Batches: ONNX Runtime's FusedMatMul does, without copying. */
const batchMatMul: Lowering = (recorder, inputs, attrs) => {
  const { a, b } = inputs as { a: TensorInfo; b: TensorInfo }
  const transA = attrs['transposeA'] ? 1 : 0
  const transB = attrs['transposeB'] ? 1 : 0
  const rows = a.shape.at(transA ? -1 : -2)!
  const columns = b.shape.at(transB ? -2 : -1)!
  const batch = backend_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2))
  const shape = [...batch, rows, columns]
  if (batch.every((n) => n === 1)) {
    const names = [withoutBatch(recorder, a), withoutBatch(recorder, b)].map((info) => recorder.nameOf(info))
    const product = recorder.node('Gemm', names, [rows, columns], 'float32', { attributes: { transA, transB } })
    return reshaped(recorder, product, shape)
  }
  const names = [recorder.nameOf(a), recorder.nameOf(b)]
  if (!transA && !transB) return recorder.node('MatMul', names, shape, 'float32')
  const attributes = { transA, transB }
  return recorder.node('FusedMatMul', names, shape, 'float32', { domain: 'com.microsoft', attributes })
}

export const reductions: Readonly<Record<string, Lowering>> = {
  Sum: reduction('ReduceSum'),
  Mean: reduction('ReduceMean'),
  Max: reduction('ReduceMax'),
  Min: reduction('ReduceMin'),
  Prod: reduction('ReduceProd'),
  ArgMax: argMax,
  Softmax: alongAxis('Softmax', 'logits', 'dim'),
  LogSoftmax: alongAxis('LogSoftmax', 'logits', 'axis'),
  Cumsum: cumsum,
  BatchMatMul: batchMatMul,
}
