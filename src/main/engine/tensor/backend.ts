/**
 * What the engine asks of a place where tensors live. Two kinds implement it: compiled (ONNX Runtime runs recorded graphs) and
 * eager (a tfjs device backend runs each operation). Code above this line does not know which one it has.
 */
import type { BackendName } from '@shared/schemas/plan'
import type { NarrowDtype } from './graph'
import type { TensorFunction } from './tensors'

export type HostArray = Float32Array | Int32Array
/** float16 as its bits, int8 as signed bytes. */
export type NarrowArray = Uint16Array | Int8Array

/** A tensor where the backend keeps it: host memory for compiled backends, device memory for eager ones. */
export interface DeviceTensor {
  readonly shape: readonly number[]
  readonly dtype: 'float32' | 'int32' | NarrowDtype
}

export type DeviceTensors = Readonly<Record<string, DeviceTensor>>

export interface RunOptions {
  /**
   * `reused` (default): the outputs live until this function's next call with the same shapes. `fresh`: they are the caller's, to
   * be given back with `dispose`.
   */
  readonly outputs?: 'reused' | 'fresh'
  /**
   * By name of an output: a tensor, mostly an input, whose memory it may be written to; the result is then that tensor. Only for outputs of which each
   * number depends on the number in its place, and on nothing of that tensor after it was computed. Backends that cannot do it give fresh ones.
   */
  readonly into?: DeviceTensors
}

/** A pure function of tensors, ready to run; compiled or prepared once per combination of input shapes. */
export interface Program {
  run(inputs: DeviceTensors, options?: RunOptions): Promise<DeviceTensors>
}

export interface Backend {
  readonly name: BackendName
  /** Words for a person: the device and the library that drives it. */
  readonly device: string
  /** Tensors made from host arrays read those arrays in place: changing the array changes the tensor. */
  readonly sharesHostMemory: boolean
  /** The same inputs give the same bits every time. */
  readonly isDeterministic: boolean
  /** Host memory as a tensor. Compiled backends keep the array itself, without copying: it may be changed between runs. */
  tensor(values: HostArray, shape: readonly number[]): DeviceTensor
  /**
   * A matrix in 16 or 8 bits as the input of programs, which read it through `core/narrow` only. Kept in place as by `tensor`, or packed; it cannot
   * be read back.
   */
  narrow(values: NarrowArray, shape: readonly [number, number]): DeviceTensor
  /** The values on the host. Compiled backends return the tensor's own memory. */
  read(tensor: DeviceTensor): Promise<HostArray>
  dispose(tensor: DeviceTensor): void
  /** @param name names the function in errors, profiles and the cache; one name, one function */
  program(name: string, fn: TensorFunction): Program
  /** Bytes held by tensors of this backend and programs compiled, for leak checks and reports. */
  usage(): { readonly tensors: number; readonly bytes: number; readonly programs: number }
  close(): Promise<void>
}

export const sizeOfShape = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)

const DTYPE_MARK = { float32: '', int32: 'i', float16: 'h', int8: 'b' } as const

/** `name[2x3,4]`: what a program is compiled for. */
export function signature(inputs: DeviceTensors): string {
  return Object.entries(inputs)
    .map(([name, { shape, dtype }]) => `${name}:${DTYPE_MARK[dtype]}${shape.join('x')}`)
    .join(',')
}
