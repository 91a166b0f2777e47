/** The eager backend: a tfjs device backend runs each operation as it is called. Tensors stay where that backend keeps them. */
import type { BackendName } from '@shared/schemas/plan'
import { packHalves, packInt8 } from '../core/packed'
import { type Backend, type DeviceTensor, type DeviceTensors, type HostArray, sizeOfShape } from '../tensor/backend'
import { createPrograms, type FlatCall } from '../tensor/program'
import { type Tensor, tf } from '../tensor/tf'

interface EagerTensor extends DeviceTensor {
  readonly tensor: Tensor
}

export interface EagerOptions {
  readonly name: Extract<BackendName, 'tensorflow' | 'webgpu' | 'wasm' | 'cpu'>
  /** The name tfjs registered it under. */
  readonly tfjsName: string
  readonly device: string
  readonly isDeterministic: boolean
}

const wrap = (tensor: Tensor): EagerTensor => ({
  shape: tensor.shape,
  dtype: tensor.dtype === 'int32' ? 'int32' : 'float32',
  tensor,
})

/** Wraps a registered tfjs backend as an engine backend. The tfjs backend must be set and ready. */
export function createEagerBackend(options: EagerOptions): Backend {
  const outputs = new Map<string, readonly EagerTensor[]>()

  function disposeAll(tensors: readonly EagerTensor[]): void {
    for (const { tensor } of tensors) if (!tensor.isDisposed) tensor.dispose()
  }

  async function run({ key, fn, inputs, outputs: kind }: FlatCall): Promise<DeviceTensors> {
    const tensors = Object.fromEntries(
      Object.entries(inputs).map(([key, value]) => [key, (value as EagerTensor).tensor]),
    )
    const result = tf.tidy(() => {
      const made = fn(tensors)
      // An output that is also an input gets its own handle, or it would be disposed twice.
      return Object.fromEntries(
        Object.entries(made).map(([key, tensor]) => [
          key,
          tf.keep(Object.values(tensors).includes(tensor) ? tf.clone(tensor) : tensor),
        ]),
      )
    })
    const wrapped = Object.fromEntries(Object.entries(result).map(([key, tensor]) => [key, wrap(tensor)]))
    if (kind === 'reused') {
      disposeAll(outputs.get(key) ?? [])
      outputs.set(key, Object.values(wrapped))
    }
    return wrapped
  }

  return {
    name: options.name,
    device: options.device,
    sharesHostMemory: false,
    isResident: false,
    isDeterministic: options.isDeterministic,
    tensor: (values: HostArray, shape: readonly number[]): DeviceTensor => {
      if (values.length !== sizeOfShape(shape)) throw new Error(`${values.length} values for shape [${shape}]`)
      // tfjs may keep the given array, so the tensor gets a copy that can be changed independently.
      return wrap(tf.tensor(values.slice(), [...shape], values instanceof Int32Array ? 'int32' : 'float32'))
    },
    narrow: (values, shape) => {
      const words = values instanceof Int8Array ? packInt8(values, shape) : packHalves(values, shape)
      return wrap(tf.tensor2d(words, [shape[0], words.length / shape[0]], 'int32'))
    },
    read: async (tensor) => (await (tensor as EagerTensor).tensor.data()) as HostArray,
    dispose: (tensor) => disposeAll([tensor as EagerTensor]),
    program: createPrograms(run),
    usage: () => ({ tensors: tf.memory().numTensors, bytes: tf.memory().numBytes, programs: 0 }),
    async close() {
      for (const tensors of outputs.values()) disposeAll(tensors)
      outputs.clear()
    },
  }
}
