/** Tensors in host memory, as checkpoints hold them. Knows neither files nor devices. */

export interface HostTensor {
  readonly shape: readonly number[]
  readonly data: Float32Array
}
export type HostTensors = ReadonlyMap<string, HostTensor>

/** A matrix in 16 bits (half-precision floats), or in 8: row i is scale[i] · data[i]. */
export type NarrowTensor =
  | { readonly shape: readonly [number, number]; readonly data: Uint16Array; readonly scale: null }
  | { readonly shape: readonly [number, number]; readonly data: Int8Array; readonly scale: Float32Array }

/** A checkpoint's weights, as float32 or its matrices narrow: those can only be frozen. */
export type BaseTensors = ReadonlyMap<string, HostTensor | NarrowTensor>

export const isNarrowTensor = (tensor: HostTensor | NarrowTensor): tensor is NarrowTensor => 'scale' in tensor
