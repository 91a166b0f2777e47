/**
 * The interface of a backend, which stores tensors and runs programs. Two kinds implement it: compiled (ONNX Runtime runs recorded graphs) and
 * eager (a tfjs device backend runs each operation). Other code does not know which one it uses.
 */
import type { BackendName } from '@shared/schemas/plan'
import type { NarrowDtype } from './graph'
import type { Replaced } from './nested'
import type { Tensors } from './tensors'

export type HostArray = Float32Array | Int32Array
/** float16 as its bits, int8 as signed bytes. */
export type NarrowArray = Uint16Array | Int8Array

/** A tensor where the backend keeps it: host memory for compiled backends, device memory for eager ones. */
export interface DeviceTensor {
  readonly shape: readonly number[]
  readonly dtype: 'float32' | 'int32' | NarrowDtype
}

export type DeviceTensors = Readonly<Record<string, DeviceTensor>>

/** A tree of tensors on the device. */
export type OnDevice<T> = Replaced<T, DeviceTensor>

/** Any part of a tree. */
type PartOf<T> = T extends DeviceTensor ? T : { readonly [K in keyof T]?: PartOf<T[K]> }

export interface RunOptions<Out> {
  /**
   * `reused` (default): the outputs live until this function's next call with the same shapes. `fresh`: the caller owns them and must release
   * them with `dispose`.
   */
  readonly outputs?: 'reused' | 'fresh'
  /**
   * For an output: a tensor, mostly an input, whose memory it may overwrite; the result is then that tensor. Only for element-wise outputs after
   * which the old values of that tensor are not needed. Backends without this return fresh tensors.
   */
  readonly into?: PartOf<OnDevice<Out>>
}

/** A pure function of trees of tensors, ready to run; compiled or prepared once per combination of input shapes. */
export interface Program<In extends object = Tensors, Out extends object = Tensors> {
  run(inputs: OnDevice<In>, options?: RunOptions<Out>): Promise<OnDevice<Out>>
}

export interface Backend {
  readonly name: BackendName
  /** A description for people: the device and its library. */
  readonly device: string
  /** Tensors made from host arrays read those arrays in place: changing the array changes the tensor. */
  readonly sharesHostMemory: boolean
  /** Tensors stay in a device's own memory, graphs are compiled, and `RunOptions.into` overwrites tensors where they are. */
  readonly isResident: boolean
  /** The same inputs give the same bits every time. */
  readonly isDeterministic: boolean
  /** Host memory as a tensor. Compiled backends keep the array itself, without copying: it may be changed between runs. */
  tensor(values: HostArray, shape: readonly number[]): DeviceTensor
  /**
   * A matrix in 16 or 8 bits as the input of programs, which read it through `core/narrow` only. Kept in place like by `tensor`, or packed; it
   * cannot be read back.
   */
  narrow(values: NarrowArray, shape: readonly [number, number]): DeviceTensor
  /** The values on the host. Compiled backends return the tensor's own memory. */
  read(tensor: DeviceTensor): Promise<HostArray>
  dispose(tensor: DeviceTensor): void
  /**
   * @param name names the function in errors and profiles. Another function with the same name is a separate program
   *   with its own graph
   * @param fn pure: its results depend on its inputs alone, and what it closes over never changes
   */
  program<In extends object = Tensors, Out extends object = Tensors>(
    name: string,
    fn: (inputs: In) => Out,
  ): Program<In, Out>
  /** Bytes held by tensors of this backend and programs compiled, for leak checks and reports. */
  usage(): { readonly tensors: number; readonly bytes: number; readonly programs: number }
  close(): Promise<void>
}

export const sizeOfShape = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)

/** Disposes what was not kept. */
export function disposeReplaced(backend: Backend, old: DeviceTensors, next: DeviceTensors): void {
  for (const [name, tensor] of Object.entries(old)) if (tensor !== next[name]) backend.dispose(tensor)
}
