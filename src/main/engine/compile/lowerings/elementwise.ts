/** Lowerings of operations that work element by element, with broadcasting. */
import { backend_util } from '@tensorflow/tfjs-core'
import type { Recorder } from '../../tensor/recorder'
import type { TensorInfo } from '../../tensor/tf'
import type { Lowering } from './lowering'

type Pair = { a: TensorInfo; b: TensorInfo }
type Fold = (a: number, b: number) => number

const sameShape = (a: readonly number[], b: readonly number[]) => a.length === b.length && a.every((n, i) => n === b[i])

const FOLDS: Record<string, Fold> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Max: Math.max,
  Min: Math.min,
  Pow: (a, b) => a ** b,
}

/** x + 0, x − 0, x · 1 and x / 1 are x; x · 0 is 0 (as everywhere in automatic differentiation, not for infinite x). */
function simplify(recorder: Recorder, op: string, { a, b }: Pair, shape: number[]): TensorInfo | null {
  const left = recorder.splatOf(a)
  const right = recorder.splatOf(b)
  const fold = FOLDS[op]
  if (left !== null && right !== null && fold && a.dtype === 'float32') {
    return recorder.splat(Math.fround(fold(left, right)), shape, a.dtype)
  }
  if (op === 'Mul' && (left === 0 || right === 0)) return recorder.splat(0, shape, a.dtype)
  const rightIsNeutral =
    (right === 0 && (op === 'Add' || op === 'Sub')) || (right === 1 && (op === 'Mul' || op === 'Div'))
  if (rightIsNeutral && sameShape(a.shape, shape)) return recorder.alias(a, shape)
  const leftIsNeutral = (left === 0 && op === 'Add') || (left === 1 && op === 'Mul')
  if (leftIsNeutral && sameShape(b.shape, shape)) return recorder.alias(b, shape)
  return null
}

/** A splat is passed as a scalar if the other operand alone determines the shape of the result. */
function operandName(recorder: Recorder, info: TensorInfo, other: TensorInfo, shape: number[]): string {
  if (recorder.splatOf(info) !== null && sameShape(other.shape, shape)) return recorder.scalarNameOf(info)
  return recorder.nameOf(info)
}

const binary = (op: string, resultType?: string): Lowering => {
  return (recorder, inputs) => {
    const { a, b } = inputs as Pair
    const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape)
    const simpler = resultType ? null : simplify(recorder, op, { a, b }, shape)
    if (simpler) return simpler
    const names = [operandName(recorder, a, b, shape), operandName(recorder, b, a, shape)]
    return recorder.node(op, names, shape, resultType ?? a.dtype)
  }
}

const unary = (op: string, fold?: (x: number) => number): Lowering => {
  return (recorder, inputs) => {
    const { x } = inputs as { x: TensorInfo }
    const splat = recorder.splatOf(x)
    if (splat !== null && fold && x.dtype === 'float32')
      return recorder.splat(Math.fround(fold(splat)), x.shape, x.dtype)
    return recorder.node(op, [recorder.nameOf(x)], x.shape, x.dtype)
  }
}

const x = (inputs: unknown) => (inputs as { x: TensorInfo }).x

const ELEMENT_TYPE: Record<string, number> = { float32: 1, int32: 6, bool: 9 }

const cast: Lowering = (recorder, inputs, attrs) => {
  const source = x(inputs)
  const dtype = String(attrs['dtype'])
  if (dtype === source.dtype) return recorder.alias(source, source.shape)
  const to = ELEMENT_TYPE[dtype]
  if (to === undefined) throw new Error(`cast to ${dtype} is not possible in a compiled function`)
  const splat = recorder.splatOf(source)
  if (splat !== null) {
    const value = dtype === 'bool' ? Number(splat !== 0) : dtype === 'int32' ? Math.trunc(splat) : splat
    return recorder.splat(value, source.shape, dtype)
  }
  return recorder.node('Cast', [recorder.nameOf(source)], source.shape, dtype, { attributes: { to } })
}

/** [..] condition, t and e may broadcast against each other in ONNX; tfjs has already checked the shapes. */
const select: Lowering = (recorder, inputs) => {
  const { condition, t, e } = inputs as { condition: TensorInfo; t: TensorInfo; e: TensorInfo }
  let mask = recorder.nameOf(condition)
  if (condition.shape.length === 1 && t.shape.length > 1) {
    const shape = [condition.shape[0]!, ...t.shape.slice(1).map(() => 1)]
    mask = recorder.emit('Reshape', [mask, recorder.int64s(shape)], shape, 'bool').name
  }
  const branch = (info: TensorInfo) =>
    recorder.splatOf(info) !== null ? recorder.scalarNameOf(info) : recorder.nameOf(info)
  const bothSplat = recorder.splatOf(t) !== null && recorder.splatOf(e) !== null && !sameShape(condition.shape, t.shape)
  return recorder.node('Where', [mask, bothSplat ? recorder.nameOf(t) : branch(t), branch(e)], t.shape, t.dtype)
}

const rsqrt: Lowering = (recorder, inputs) => {
  const source = x(inputs)
  const root = recorder.emit('Sqrt', [recorder.nameOf(source)], source.shape, source.dtype)
  return recorder.node('Reciprocal', [root.name], source.shape, source.dtype)
}

const square: Lowering = (recorder, inputs) => {
  const source = x(inputs)
  const name = recorder.nameOf(source)
  return recorder.node('Mul', [name, name], source.shape, source.dtype)
}

const squaredDifference: Lowering = (recorder, inputs) => {
  const { a, b } = inputs as Pair
  const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape)
  const difference = recorder.emit('Sub', [recorder.nameOf(a), recorder.nameOf(b)], shape, a.dtype)
  return recorder.node('Mul', [difference.name, difference.name], shape, a.dtype)
}

const log1p: Lowering = (recorder, inputs) => {
  const source = x(inputs)
  const one = recorder.constant(Float32Array.of(1), [], 'float32')
  const sum = recorder.emit('Add', [recorder.nameOf(source), one], source.shape, source.dtype)
  return recorder.node('Log', [sum.name], source.shape, source.dtype)
}

const notEqual: Lowering = (recorder, inputs) => {
  const { a, b } = inputs as Pair
  const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape)
  const equal = recorder.emit('Equal', [recorder.nameOf(a), recorder.nameOf(b)], shape, 'bool')
  return recorder.node('Not', [equal.name], shape, 'bool')
}

const logicalNot: Lowering = (recorder, inputs) => {
  const source = x(inputs)
  return recorder.node('Not', [recorder.nameOf(source)], source.shape, 'bool')
}

/** max(low, min(x, high)), because ONNX's Clip is not available for integers everywhere. */
const clip: Lowering = (recorder, inputs, attrs) => {
  const source = x(inputs)
  const bound = (key: string) => recorder.constant(Float32Array.of(Number(attrs[key])), [], 'float32')
  const clipped = recorder.emit('Min', [recorder.nameOf(source), bound('clipValueMax')], source.shape, source.dtype)
  return recorder.node('Max', [clipped.name, bound('clipValueMin')], source.shape, source.dtype)
}

const fill: Lowering = (recorder, _inputs, attrs) => {
  const { shape, value, dtype } = attrs as { shape: number[]; value: number; dtype?: string }
  return recorder.splat(value, shape, dtype ?? 'float32')
}

const like =
  (value: number): Lowering =>
  (recorder, inputs) =>
    recorder.splat(value, x(inputs).shape, x(inputs).dtype)

export const elementwise: Readonly<Record<string, Lowering>> = {
  Add: binary('Add'),
  Sub: binary('Sub'),
  Multiply: binary('Mul'),
  RealDiv: binary('Div'),
  Maximum: binary('Max'),
  Minimum: binary('Min'),
  Pow: binary('Pow'),
  Equal: binary('Equal', 'bool'),
  NotEqual: notEqual,
  Greater: binary('Greater', 'bool'),
  GreaterEqual: binary('GreaterOrEqual', 'bool'),
  Less: binary('Less', 'bool'),
  LessEqual: binary('LessOrEqual', 'bool'),
  LogicalAnd: binary('And', 'bool'),
  LogicalOr: binary('Or', 'bool'),
  LogicalNot: logicalNot,
  SquaredDifference: squaredDifference,
  Neg: unary('Neg', (v) => -v),
  Abs: unary('Abs', Math.abs),
  Sign: unary('Sign', Math.sign),
  Exp: unary('Exp', Math.exp),
  Log: unary('Log'),
  Log1p: log1p,
  Sqrt: unary('Sqrt', Math.sqrt),
  Rsqrt: rsqrt,
  Square: square,
  Reciprocal: unary('Reciprocal', (v) => 1 / v),
  Sigmoid: unary('Sigmoid'),
  Softplus: unary('Softplus'),
  Tanh: unary('Tanh'),
  Relu: unary('Relu'),
  Step: (recorder, inputs) => {
    const source = x(inputs)
    const zero = recorder.constant(Float32Array.of(0), [], 'float32')
    const positive = recorder.emit('Greater', [recorder.nameOf(source), zero], source.shape, 'bool')
    return recorder.node('Cast', [positive.name], source.shape, 'float32', { attributes: { to: 1 } })
  },
  Floor: unary('Floor', Math.floor),
  Sin: unary('Sin', Math.sin),
  Cos: unary('Cos', Math.cos),
  ClipByValue: clip,
  Select: select,
  Cast: cast,
  Identity: (recorder, inputs) => recorder.alias(x(inputs), x(inputs).shape),
  Fill: fill,
  OnesLike: like(1),
  ZerosLike: like(0),
}
