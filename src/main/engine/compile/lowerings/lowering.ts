import type { Recorder } from '../../tensor/recorder'
import type { TensorInfo } from '../../tensor/tf'

/** Writes the graph nodes of one tfjs kernel call. Inputs and attributes are named as tfjs names them (kernel_names.ts). */
export type Lowering = (
  recorder: Recorder,
  inputs: unknown,
  attrs: Readonly<Record<string, unknown>>,
) => TensorInfo | TensorInfo[]
