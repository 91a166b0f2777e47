/**
 * A tfjs backend that computes nothing: its kernels record their calls, so that running a function once on it yields the function's graph,
 * including gradients. Knows nothing of ONNX Runtime.
 */
import { type BackendValues, type DataType, KernelBackend } from '@tensorflow/tfjs-core'
import type { Attribute, DType, Graph, GraphNode, GraphValue, Initializer, Values } from './graph'
import { type Tensor, type TensorInfo, tf } from './tf'

export const RECORDER = 'record'

/** The meaning of a tfjs data id while recording. `splat`: every element is this number (then no node exists until it is needed). */
interface Symbol {
  readonly name: string | null
  readonly splat: number | null
}

export interface NodeOptions {
  readonly domain?: string
  readonly attributes?: Readonly<Record<string, Attribute>>
}

const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1)
const sameShape = (a: readonly number[], b: readonly number[]) => a.length === b.length && a.every((n, i) => n === b[i])

function typedValues(values: ArrayLike<number | boolean>, dtype: string): Values {
  const numbers = Array.prototype.map.call(values, Number) as number[]
  if (dtype === 'int32') return Int32Array.from(numbers)
  if (dtype === 'bool') return Uint8Array.from(numbers)
  return Float32Array.from(numbers)
}

function sameValues(a: Values, b: Values): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false
  return true
}

/** Whose kernels a graph is made for: not every provider of ONNX Runtime has one for every operator. */
export type Provider = 'cpu' | 'webgpu' | 'cuda'

class Recorder extends KernelBackend {
  provider: Provider = 'cpu'
  private symbols = new WeakMap<object, Symbol>()
  private nodes: GraphNode[] = []
  private initializers: Initializer[] = []
  private constants = new Map<string, readonly Initializer[]>()
  private inputs: GraphValue[] = []
  private declared: GraphValue[] = []
  private counter = 0

  reset(provider: Provider = 'cpu'): void {
    this.provider = provider
    this.symbols = new WeakMap()
    this.nodes = []
    this.initializers = []
    this.constants = new Map()
    this.inputs = []
    this.declared = []
    this.counter = 0
  }

  graph(name: string, outputs: readonly GraphValue[]): Graph {
    return {
      name,
      nodes: this.nodes,
      initializers: this.initializers,
      inputs: this.inputs,
      outputs,
      declared: this.declared,
    }
  }

  // -- what lowerings use

  /** The graph name of a tensor; a splat is materialised here, because an operator needs it as a tensor. */
  nameOf(info: TensorInfo): string {
    const symbol = this.symbolOf(info)
    if (symbol.name !== null) return symbol.name
    const scalar = this.constant(typedValues([symbol.splat ?? 0], info.dtype), [], info.dtype as DType)
    if (info.shape.length === 0) return scalar
    return this.emit('Expand', [scalar, this.int64s(info.shape)], info.shape, info.dtype).name
  }

  splatOf(info: TensorInfo): number | null {
    return this.symbolOf(info).splat
  }

  /** Name of a scalar constant with this tensor's splat value, for operators that broadcast. */
  scalarNameOf(info: TensorInfo): string {
    return this.constant(typedValues([this.symbolOf(info).splat ?? 0], info.dtype), [], info.dtype as DType)
  }

  /** Appends a node with one output and returns that output as a tfjs tensor info. */
  node(
    op: string,
    inputs: readonly string[],
    shape: readonly number[],
    dtype: string,
    options: NodeOptions = {},
  ): TensorInfo {
    return this.emit(op, inputs, shape, dtype, options).info
  }

  /** As `node`, returning the name, for lowerings of several nodes. */
  emit(op: string, inputs: readonly string[], shape: readonly number[], dtype: string, options: NodeOptions = {}) {
    const name = `${op}_${this.counter++}`
    this.nodes.push({
      op,
      domain: options.domain ?? '',
      inputs,
      outputs: [name],
      attributes: options.attributes ?? {},
    })
    const dataId = {}
    this.symbols.set(dataId, { name, splat: null })
    return { name, info: { dataId, shape: [...shape], dtype } as TensorInfo }
  }

  /** Declares the shape of a result that depends on values. */
  declare(name: string, shape: readonly number[], dtype: DType): string {
    this.declared.push({ name, shape, dtype })
    return name
  }

  /** A node whose output has a name chosen by the caller; returns that name. */
  emitNamed(op: string, input: string, name: string): string {
    this.nodes.push({ op, domain: '', inputs: [input], outputs: [name], attributes: {} })
    return name
  }

  splat(value: number, shape: readonly number[], dtype: string): TensorInfo {
    const dataId = {}
    this.symbols.set(dataId, { name: null, splat: value })
    return { dataId, shape: [...shape], dtype } as TensorInfo
  }

  /** The same data under another shape without a node; only for splats and unchanged shapes. */
  alias(info: TensorInfo, shape: readonly number[], dtype: string = info.dtype): TensorInfo {
    const symbol = this.symbolOf(info)
    if (symbol.splat !== null) return this.splat(symbol.splat, shape, dtype)
    if (!sameShape(info.shape, shape)) throw new Error(`alias of [${info.shape}] as [${shape}]`)
    const dataId = {}
    this.symbols.set(dataId, symbol)
    return { dataId, shape: [...shape], dtype } as TensorInfo
  }

  /** Equal constants are shared, so that results computed from constants alone, such as masks, are computed once for all layers. */
  constant(values: Values, shape: readonly number[], dtype: DType): string {
    const key = `${dtype}|${shape}`
    const alike = this.constants.get(key) ?? []
    const known = alike.find((one) => sameValues(one.values, values))
    if (known) return known.name
    const constant = { name: `const_${this.counter++}`, values, shape, dtype }
    this.initializers.push(constant)
    this.constants.set(key, [...alike, constant])
    return constant.name
  }

  int64s(values: readonly number[]): string {
    return this.constant(BigInt64Array.from(values, BigInt), [values.length], 'int64')
  }

  int64(value: number): string {
    return this.constant(BigInt64Array.of(BigInt(value)), [], 'int64')
  }

  /** A symbolic input of the recorded function. */
  input(name: string, shape: readonly number[], dtype: DType): Tensor {
    const dataId = {}
    this.symbols.set(dataId, { name, splat: null })
    this.inputs.push({ name, shape, dtype })
    // tfjs has no 16- or 8-bit dtypes, so they are integers to it, as on eager backends, some of which pack them.
    const known = dtype === 'float16' || dtype === 'int8' ? 'int32' : dtype
    return tf.engine().makeTensorFromTensorInfo({ dataId, shape: [...shape], dtype: known } as TensorInfo)
  }

  private symbolOf(info: TensorInfo): Symbol {
    const symbol = this.symbols.get(info.dataId)
    if (!symbol) {
      throw new Error(`a recorded function used a tensor [${info.shape}] made outside of it: pass it as an input`)
    }
    return symbol
  }

  // -- what tfjs calls

  override write(values: BackendValues, shape: number[], dtype: DataType): object {
    const dataId = {}
    this.move(dataId, values, shape, dtype)
    return dataId
  }

  override move(dataId: object, values: BackendValues, shape: number[], dtype: DataType): void {
    const typed = typedValues(values as Float32Array, dtype)
    const first = typed[0]
    if (sizeOf(shape) > 0 && (typed as Float32Array).every((value) => value === Number(first))) {
      this.symbols.set(dataId, { name: null, splat: Number(first) })
    } else {
      this.symbols.set(dataId, { name: this.constant(typed, shape, dtype as DType), splat: null })
    }
  }

  override read(): Promise<never> {
    throw new Error('a recorded function cannot read values: its result may depend on shapes only')
  }

  override readSync(): never {
    throw new Error('a recorded function cannot read values: its result may depend on shapes only')
  }

  override disposeData(): boolean {
    return true
  }

  override refCount(): number {
    return 1
  }

  override incRef(): void {}
  decRef(): void {}
  override numDataIds(): number {
    return 0
  }

  override memory() {
    return { unreliable: true }
  }

  override floatPrecision(): 32 {
    return 32
  }

  override epsilon(): number {
    return 1e-7
  }
}

export type { Recorder }
export const recorder = new Recorder()
tf.registerBackend(RECORDER, () => recorder)
