/** Lowerings of operations that move elements: reshape, transpose, slice, concat, gather. */
import { backend_util, slice_util, util } from '@tensorflow/tfjs-core'
import type { Recorder } from '../../tensor/recorder'
import type { TensorInfo } from '../../tensor/tf'
import type { Lowering } from './lowering'

const x = (inputs: unknown) => (inputs as { x: TensorInfo }).x
const sameShape = (a: readonly number[], b: readonly number[]) => a.length === b.length && a.every((n, i) => n === b[i])

/** A node unless the shape is unchanged or the tensor is a splat. */
export function reshaped(recorder: Recorder, info: TensorInfo, shape: readonly number[]): TensorInfo {
  if (recorder.splatOf(info) !== null || sameShape(info.shape, shape)) return recorder.alias(info, shape)
  return recorder.node('Reshape', [recorder.nameOf(info), recorder.int64s(shape)], shape, info.dtype)
}

const reshape: Lowering = (recorder, inputs, attrs) => {
  const source = x(inputs)
  const shape = util.inferFromImplicitShape(attrs['shape'] as number[], util.sizeFromShape(source.shape))
  return reshaped(recorder, source, shape)
}

const expandDims: Lowering = (recorder, inputs, attrs) => {
  const { input } = inputs as { input: TensorInfo }
  const dim = attrs['dim'] as number
  const shape = input.shape.slice()
  shape.splice(dim < 0 ? shape.length + 1 + dim : dim, 0, 1)
  return reshaped(recorder, input, shape)
}

const transpose: Lowering = (recorder, inputs, attrs) => {
  const source = x(inputs)
  const perm = attrs['perm'] as number[]
  const shape = perm.map((axis) => source.shape[axis]!)
  if (recorder.splatOf(source) !== null || perm.every((axis, i) => axis === i)) return recorder.alias(source, shape)
  return recorder.node('Transpose', [recorder.nameOf(source)], shape, source.dtype, { attributes: { perm } })
}

function sliceNode(recorder: Recorder, source: TensorInfo, begin: number[], size: number[]): TensorInfo {
  if (recorder.splatOf(source) !== null || sameShape(source.shape, size)) return recorder.alias(source, size)
  const axes = begin.map((_, i) => i).filter((i) => size[i] !== source.shape[i])
  const starts = axes.map((i) => begin[i]!)
  const ends = axes.map((i) => begin[i]! + size[i]!)
  const names = [recorder.nameOf(source), recorder.int64s(starts), recorder.int64s(ends), recorder.int64s(axes)]
  return recorder.node('Slice', names, size, source.dtype)
}

const slice: Lowering = (recorder, inputs, attrs) => {
  const source = x(inputs)
  const [begin, size] = slice_util.parseSliceParams(
    source as never,
    attrs['begin'] as number | number[],
    attrs['size'] as number | number[],
  )
  return sliceNode(recorder, source, begin as number[], size as number[])
}

const concat: Lowering = (recorder, inputs, attrs) => {
  const parts = Object.values(inputs as Record<string, TensorInfo>)
  const first = parts[0]!
  const axis = util.parseAxisParam(attrs['axis'] as number, first.shape)[0]!
  const shape = first.shape.slice()
  shape[axis] = parts.reduce((sum, part) => sum + part.shape[axis]!, 0)
  if (parts.length === 1) return recorder.alias(first, shape)
  const names = parts.map((part) => recorder.nameOf(part))
  return recorder.node('Concat', names, shape, first.dtype, { attributes: { axis } })
}

const split: Lowering = (recorder, inputs, attrs) => {
  const source = x(inputs)
  const axis = util.parseAxisParam(attrs['axis'] as number, source.shape)[0]!
  const sizes = backend_util.prepareSplitSize(source as never, attrs['numOrSizeSplits'] as number | number[], axis)
  let offset = 0
  return sizes.map((size) => {
    const begin = source.shape.map((_, i) => (i === axis ? offset : 0))
    offset += size
    return sliceNode(
      recorder,
      source,
      begin,
      source.shape.map((n, i) => (i === axis ? size : n)),
    )
  })
}

const pack: Lowering = (recorder, inputs, attrs) => {
  const parts = Object.values(inputs as Record<string, TensorInfo>)
  const axis = attrs['axis'] as number
  const single = parts[0]!.shape.slice()
  single.splice(axis, 0, 1)
  const names = parts.map((part) => recorder.nameOf(reshaped(recorder, part, single)))
  const shape = single.map((n, i) => (i === axis ? parts.length : n))
  return recorder.node('Concat', names, shape, parts[0]!.dtype, { attributes: { axis } })
}

const unpack: Lowering = (recorder, inputs, attrs) => {
  const { value } = inputs as { value: TensorInfo }
  const axis = util.parseAxisParam(attrs['axis'] as number, value.shape)[0]!
  const shape = value.shape.filter((_, i) => i !== axis)
  return Array.from({ length: value.shape[axis]! }, (_, i) => {
    const begin = value.shape.map((_n, j) => (j === axis ? i : 0))
    const part = sliceNode(
      recorder,
      value,
      begin,
      value.shape.map((n, j) => (j === axis ? 1 : n)),
    )
    return reshaped(recorder, part, shape)
  })
}

const pad: Lowering = (recorder, inputs, attrs) => {
  const source = x(inputs)
  const { paddings, constantValue } = attrs as { paddings: [number, number][]; constantValue: number }
  const shape = source.shape.map((n, i) => n + paddings[i]![0] + paddings[i]![1])
  if (recorder.splatOf(source) === constantValue) return recorder.alias(source, shape)
  const pads = recorder.int64s([...paddings.map((p) => p[0]), ...paddings.map((p) => p[1])])
  const value =
    source.dtype === 'int32'
      ? recorder.constant(Int32Array.of(constantValue), [], 'int32')
      : recorder.constant(Float32Array.of(constantValue), [], 'float32')
  return recorder.node('Pad', [recorder.nameOf(source), pads, value], shape, source.dtype)
}

const tile: Lowering = (recorder, inputs, attrs) => {
  const source = x(inputs)
  const reps = attrs['reps'] as number[]
  const shape = source.shape.map((n, i) => n * reps[i]!)
  if (recorder.splatOf(source) !== null || sameShape(shape, source.shape)) return recorder.alias(source, shape)
  if (source.shape.every((n, i) => n === 1 || reps[i] === 1)) {
    return recorder.node('Expand', [recorder.nameOf(source), recorder.int64s(shape)], shape, source.dtype)
  }
  return recorder.node('Tile', [recorder.nameOf(source), recorder.int64s(reps)], shape, source.dtype)
}

const broadcastTo: Lowering = (recorder, inputs, attrs) => {
  const source = x(inputs)
  const shape = attrs['shape'] as number[]
  if (recorder.splatOf(source) !== null || sameShape(shape, source.shape)) return recorder.alias(source, shape)
  return recorder.node('Expand', [recorder.nameOf(source), recorder.int64s(shape)], shape, source.dtype)
}

const gather: Lowering = (recorder, inputs, attrs) => {
  const { x: source, indices } = inputs as { x: TensorInfo; indices: TensorInfo }
  if ((attrs['batchDims'] ?? 0) !== 0) throw new Error('gather with batchDims has no lowering')
  const axis = util.parseAxisParam(attrs['axis'] as number, source.shape)[0]!
  const shape = source.shape.slice()
  shape.splice(axis, 1, ...indices.shape)
  const names = [recorder.nameOf(source), recorder.nameOf(indices)]
  return recorder.node('Gather', names, shape, source.dtype, { attributes: { axis } })
}

/** [N] integers → [N, depth] of 0 and 1. Comparing is several times faster than ONNX Runtime's OneHot, on one thread. */
function oneHotName(recorder: Recorder, indices: TensorInfo, depth: number): string {
  const column = recorder.nameOf(reshaped(recorder, indices, [...indices.shape, 1]))
  const columns = recorder.constant(
    Int32Array.from({ length: depth }, (_, i) => i),
    [depth],
    'int32',
  )
  const shape = [...indices.shape, depth]
  const isEqual = recorder.emit('Equal', [column, columns], shape, 'bool')
  return recorder.emit('Cast', [isEqual.name], shape, 'float32', { attributes: { to: 1 } }).name
}

/** As `oneHotName` with other values than 0 and 1; ONNX Runtime's OneHot wants 64-bit indices. */
function onOffName(recorder: Recorder, indices: TensorInfo, depth: number, onValue: number, offValue: number): string {
  const wide = recorder.emit('Cast', [recorder.nameOf(indices)], indices.shape, 'int64', { attributes: { to: 7 } })
  const values = recorder.constant(Float32Array.of(offValue, onValue), [2], 'float32')
  const inputs = [wide.name, recorder.int64(depth), values]
  return recorder.emit('OneHot', inputs, [...indices.shape, depth], 'float32', { attributes: { axis: -1 } }).name
}

const oneHot: Lowering = (recorder, inputs, attrs) => {
  const { indices } = inputs as { indices: TensorInfo }
  const { depth, onValue, offValue, dtype } = attrs as {
    depth: number
    onValue: number
    offValue: number
    dtype: string
  }
  const shape = [...indices.shape, depth]
  const hot =
    onValue === 1 && offValue === 0
      ? oneHotName(recorder, indices, depth)
      : onOffName(recorder, indices, depth, onValue, offValue)
  if (dtype === 'float32') return recorder.node('Identity', [hot], shape, 'float32')
  const to = dtype === 'bool' ? 9 : 6
  return recorder.node('Cast', [hot], shape, dtype, { attributes: { to } })
}

/**
 * Zeros with each row added at its id. ONNX Runtime's ScatterElements adds one after the other and is exact and deterministic; its ScatterND with
 * reduction=add loses updates when it runs on several threads and ids repeat. `compile/accumulate.ts` lets it add to a sum instead of zeros.
 */
function scattered(recorder: Recorder, rows: TensorInfo, ids: TensorInfo, count: number): TensorInfo {
  const [n, width] = rows.shape as [number, number]
  const column = recorder.nameOf(reshaped(recorder, ids, [n, 1]))
  const wide = recorder.emit('Expand', [column, recorder.int64s([n, width])], [n, width], 'int32')
  const zeros = recorder.nameOf(recorder.splat(0, [count, width], 'float32'))
  const inputs = [zeros, wide.name, recorder.nameOf(rows)]
  const attributes = { axis: 0, reduction: 'add' }
  return recorder.node('ScatterElements', inputs, [count, width], 'float32', { attributes })
}

/** values [N, D], ids int32 [N] → [rows, D]. */
const scatterRows: Lowering = (recorder, inputs, attrs) => {
  const { values, ids } = inputs as { values: TensorInfo; ids: TensorInfo }
  return scattered(recorder, values, ids, attrs['rows'] as number)
}

/** tensor with its entries at indices int32 [.., K] replaced; ONNX wants 64-bit indices. */
const tensorScatterUpdate: Lowering = (recorder, inputs) => {
  const { tensor, indices, updates } = inputs as { tensor: TensorInfo; indices: TensorInfo; updates: TensorInfo }
  const to = { attributes: { to: 7 } }
  const wide = recorder.emit('Cast', [recorder.nameOf(indices)], indices.shape, 'int64', to)
  const names = [recorder.nameOf(tensor), wide.name, recorder.nameOf(updates)]
  return recorder.node('ScatterND', names, tensor.shape, tensor.dtype)
}

const unsortedSegmentSum: Lowering = (recorder, inputs, attrs) => {
  const { x: rows, segmentIds } = inputs as { x: TensorInfo; segmentIds: TensorInfo }
  const segments = attrs['numSegments'] as number
  const n = util.sizeFromShape(segmentIds.shape)
  const width = util.sizeFromShape(rows.shape) / n
  const flat = [reshaped(recorder, rows, [n, width]), reshaped(recorder, segmentIds, [n])] as const
  const sums = scattered(recorder, ...flat, segments)
  return reshaped(recorder, sums, [segments, ...rows.shape.slice(segmentIds.shape.length)])
}

export const shapes: Readonly<Record<string, Lowering>> = {
  Reshape: reshape,
  ExpandDims: expandDims,
  Transpose: transpose,
  Slice: slice,
  Concat: concat,
  SplitV: split,
  Pack: pack,
  Unpack: unpack,
  PadV2: pad,
  Tile: tile,
  BroadcastTo: broadcastTo,
  GatherV2: gather,
  OneHot: oneHot,
  ScatterRows: scatterRows,
  TensorScatterUpdate: tensorScatterUpdate,
  UnsortedSegmentSum: unsortedSegmentSum,
}
