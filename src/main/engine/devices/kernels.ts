/** Kernels a tfjs backend lacks, registered once. */
import { getKernel, registerKernel } from '@tensorflow/tfjs-core'
import { type Tensor2D, type TensorInfo, tf } from '../tensor/tf'

/**
 * Rows summed by id, as a one-hot matrix product: the gradient of an embedding. tfjs-backend-wasm has no kernel for it.
 * @see engine/compile/lowerings/shape.ts for the compiled form
 */
function unsortedSegmentSum(x: TensorInfo, segmentIds: TensorInfo, numSegments: number): TensorInfo {
  return tf.tidy(() => {
    const ids = tf.engine().makeTensorFromTensorInfo(segmentIds)
    const rows = tf.engine().makeTensorFromTensorInfo(x)
    const n = ids.size
    const hot = tf.cast(tf.oneHot(tf.reshape(ids, [n]) as never, numSegments), 'float32') as Tensor2D
    const sums = tf.matMul(hot, tf.reshape(rows, [n, rows.size / n]) as Tensor2D, true, false)
    return tf.reshape(sums, [numSegments, ...rows.shape.slice(ids.rank)])
  })
}

/** Registers the kernels that the engine uses and `backendName` lacks. */
export function registerMissingKernels(backendName: string): void {
  if (getKernel('UnsortedSegmentSum', backendName)) return
  registerKernel({
    kernelName: 'UnsortedSegmentSum',
    backendName,
    kernelFunc: ({ inputs, attrs }) => {
      const { x, segmentIds } = inputs as { x: TensorInfo; segmentIds: TensorInfo }
      return unsortedSegmentSum(x, segmentIds, Number(attrs?.['numSegments']))
    },
  })
}
